"""What a person does once: Slony's user and password on every node, the tables of the subscribers, then the set."""

from __future__ import annotations

from collections.abc import Iterator

from topology.components.base import Placed, Preparation
from topology.components.slony.files import PASSFILE, USER, folder_of, listed_of, unit_of
from topology.components.slony.settings import Node, nodes_of, own_node
from topology.design import Site

POSTGRESQL = {"debian12": 15, "ubuntu2404": 16}
AS_POSTGRES = "runuser -u postgres --"


def preparations_of(placed: Placed) -> tuple[Preparation, ...]:
    """The subscribers before the origin, which sets all going."""
    own = own_node(placed)
    if own.number == 1:
        return (_library(placed), _sign_in(placed), *_start(placed))
    return (_library(placed), _sign_in(placed), _tables(placed, nodes_of(placed)[0]))


def _library(placed: Placed) -> Preparation:
    version = POSTGRESQL[placed.cluster.design.system]
    return Preparation(
        does="Install Slony's library for this version of PostgreSQL; its package has the version in its name.",
        lines=(f"apt-get install --yes postgresql-{version}-slony1-2",),
    )


def _sign_in(placed: Placed) -> Preparation:
    lines = ", ".join(f"{node.address}:{node.port}:*:{USER}:PASSWORD" for node in nodes_of(placed))
    return Preparation(
        does="Make Slony's database user, the same password on every node: a superuser, since Slony switches triggers"
        f" of tables that are others'. Then write one line for each node into the file: {lines}",
        lines=(
            f"{AS_POSTGRES} createuser --superuser --pwprompt {USER}",
            f"install -o postgres -g postgres -m 0600 /dev/null {PASSFILE}",
            f"editor {PASSFILE}",
        ),
        secrets=(PASSFILE,),
    )


def _tables(placed: Placed, origin: Node) -> Preparation:
    units = " ".join(unit_of(site) for site in placed.cluster.sites)
    lines = [copy_line(site, origin) for site in placed.cluster.sites]
    return Preparation(
        does="Make the tables as they are on the origin, after the site's first migration there: Slony copies rows, and"
        " no definitions.",
        lines=(*lines, f"systemctl enable --now {units}"),
        migrated=True,
    )


def copy_line(site: Site, origin: Node) -> str:
    """Copies the definitions of a site's tables from the origin to the database beside it."""
    source = f"host={origin.address} port={origin.port} dbname={site.database} user={USER} passfile={PASSFILE}"
    return (
        f'{AS_POSTGRES} pg_dump --schema-only --exclude-schema=_{site.database} --dbname="{source}"'
        f" | {AS_POSTGRES} psql --quiet --set=ON_ERROR_STOP=1 --dbname={site.database}"
    )


def _start(placed: Placed) -> Iterator[Preparation]:
    for site in placed.cluster.sites:
        folder = folder_of(site)
        yield Preparation(
            does=f"Set going the replication of {site.name}, after its first migration and when every subscriber has"
            " its tables. The second line writes the set from the database's own catalogue: look for what was left out."
            " The subscribers copy all rows while the last line runs.",
            lines=(
                f"{AS_POSTGRES} slonik {folder}/init.slonik",
                f"{list_line(site)}",
                f"{AS_POSTGRES} slonik {folder}/set.slonik",
                f"systemctl enable --now {unit_of(site)}",
                f"{AS_POSTGRES} slonik {folder}/subscribe.slonik",
            ),
            migrated=True,
        )


def list_line(site: Site) -> str:
    """Writes the set of a site from the catalogue of its database."""
    return (
        f"{AS_POSTGRES} psql --no-align --tuples-only --dbname={site.database} --file={folder_of(site)}/tables.sql"
        f" --output={listed_of(site)}"
    )
