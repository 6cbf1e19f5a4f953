"""What a person does once: users and databases on the primary, a copy of the data on a replica."""

from __future__ import annotations

from topology.components.base import Placed, Preparation
from topology.components.postgresql.access import REPLICATOR
from topology.components.postgresql.files import PASSFILE, PORT, data_of, the_primary_of, unit_of
from topology.components.postgresql.settings import REPLICA, replicas_of, size

AS_POSTGRES = "runuser -u postgres --"


def preparations_of(placed: Placed) -> tuple[Preparation, ...]:
    """In order, for the primary or for a replica."""
    return _for_replica(placed) if placed.role.name == REPLICA else _for_primary(placed)


def _for_primary(placed: Placed) -> tuple[Preparation, ...]:
    lines = []
    for site in placed.cluster.sites:
        lines += [
            f"{AS_POSTGRES} createuser --pwprompt {site.database}",
            f"{AS_POSTGRES} createdb --owner={site.database} {site.database}",
        ]
    users = Preparation(
        does="Make a user and a database for every site; the password asked for is the one that the site signs in"
        " with. A migration that runs for long sets `SET statement_timeout = 0` first.",
        lines=tuple(lines),
    )
    if not replicas_of(placed):
        return (users,)
    replicator = Preparation(
        does="Make the user that the replicas sign in as.",
        lines=(f"{AS_POSTGRES} createuser --replication --pwprompt {REPLICATOR}",),
    )
    return (users, replicator)


def _for_replica(placed: Placed) -> tuple[Preparation, ...]:
    sizing, primary = size(placed), the_primary_of(placed).host
    data, unit = data_of(sizing), unit_of(sizing)
    password = Preparation(
        does=f"Write one line into the file: {primary.address}:{PORT}:replication:{REPLICATOR}:PASSWORD",
        lines=(f"install -o postgres -g postgres -m 0600 /dev/null {PASSFILE}", f"editor {PASSFILE}"),
        secrets=(PASSFILE,),
    )
    copy = Preparation(
        does="Copy the primary's data, and mark the copy as a replica. pg_basebackup is not given -R: it would write"
        " a second primary_conninfo into postgresql.auto.conf, which holds over the one of this bundle.",
        lines=(
            f"systemctl stop {unit}",
            f"mv {data} {data}.before",
            f"{AS_POSTGRES} pg_basebackup --pgdata={data} --wal-method=stream --checkpoint=fast --progress"
            f' --dbname="host={primary.address} port={PORT} user={REPLICATOR} passfile={PASSFILE}"',
            f"{AS_POSTGRES} touch {data}/standby.signal",
            f"systemctl start {unit}",
        ),
    )
    return (password, copy)
