"""Settings of pgBackRest, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.design import Host
from topology.errors import Place, TierwrightError
from topology.fields import AbsPath

ROLE, STORE = "pgbackrest", "pgbackrest_store"
PORT = 8432
REPOSITORY = "/var/lib/pgbackrest"
POSTGRESQL: Mapping[str, int] = {"debian12": 15, "ubuntu2404": 16}


class PgbackrestSettings(Settings):
    """Settings of the roles pgbackrest and pgbackrest_store; beside a store, those of the store hold."""

    repository: AbsPath | None = None
    """Directory of the backups; by default Debian's /var/lib/pgbackrest. Best a mount from another server."""
    retention_full: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Full backups that are kept, with all that is needed to restore to any moment since the oldest; 2 by default."""
    hour: Annotated[int, Field(ge=0, le=23)] | None = None
    """Hour of the day at which it backs up, in the server's time; 3 by default."""
    process_max: Annotated[int, Field(ge=1, le=64)] | None = None
    """Processes that compress and copy at once; by default a quarter of the cores."""


def size(placed: Placed) -> Sizing:
    """Where to, how many, and when."""
    sizer, cores = Sizer(placed.written), placed.host.type.cores
    sizer.set("repository", REPOSITORY, "Debian's own; a backup on the server itself is lost with its disk")
    sizer.set("retention_full", 2, "one that is whole while the next one is made (a rule of thumb)")
    sizer.set("hour", 3, "at night the site has the least to do (a rule of thumb)")
    sizer.set("process_max", max(1, cores // 4), "cores / 4, at least 1: the database goes on beside it", cores=cores)
    return sizer.done()


def store_of(placed: Placed) -> Host | None:
    """The server that keeps the backups of this one's database; None where it keeps them itself."""
    return next(iter(placed.cluster.hosts_offering("backup_store")), None)


def database_of(placed: Placed) -> tuple[Host, str, int]:
    """Server, data directory and port of the PostgreSQL that is backed up.

    Raises TierwrightError where the database is another one, or where a store has none to keep backups of.
    """
    stores = placed.role.name == STORE
    for host in placed.cluster.hosts_offering("backup") if stores else (placed.host,):
        for other in placed.cluster.by_host[host.name]:
            for endpoint in placed.cluster.endpoints_of(other):
                if endpoint.service == "sql" and endpoint.speaks == "postgresql":
                    version = getattr(other.written, "version", None) or POSTGRESQL[placed.cluster.design.system]
                    return host, f"/var/lib/postgresql/{version}/main", endpoint.port
    raise TierwrightError(
        f"pgBackRest on {placed.host.name} backs up PostgreSQL, and there is none with the role {ROLE}; put it beside"
        " the role postgresql, or take it away",
        place=Place(path=f"server {placed.host.name}"),
    )
