"""PostgreSQL's files: what needs a restart, what needs a reload, and who may come in."""

from __future__ import annotations

from collections.abc import Iterator

from topology.components.base import ConfigFile, Placed, Reason, Sizing
from topology.components.postgresql.access import REPLICATOR, reasons_of, text_of
from topology.components.postgresql.settings import REPLICA, is_archived, primary_of, size
from topology.components.rendering import Written, assignments, fixed, joined, option, quoted, words
from topology.errors import Place, TierwrightError

PORT = 5432
OWNER = "postgres:postgres"
PASSFILE = "/var/lib/postgresql/replication.pgpass"
"""Where a replica reads its password: host:port:replication:user:password, mode 0600. Never in a bundle."""
HEAD = """\
# From the design. Debian's postgresql.conf reads the files of conf.d/ (include_dir) after its own lines, so these
# hold; what ALTER SYSTEM wrote into postgresql.auto.conf is read last and would hold over them.
"""
AT_START = (
    "max_connections",
    "superuser_reserved_connections",
    "shared_buffers_mib",
    "max_wal_senders",
    "max_replication_slots",
    "max_worker_processes",
)
"""Settings that PostgreSQL reads only when it starts."""


def folder_of(sizing: Sizing) -> str:
    """Directory of the cluster's configuration, as Debian and Ubuntu lay it out."""
    return f"/etc/postgresql/{sizing['version']}/main"


def data_of(sizing: Sizing) -> str:
    """Directory of the cluster's data."""
    return f"/var/lib/postgresql/{sizing['version']}/main"


def unit_of(sizing: Sizing) -> str:
    """The cluster's systemd unit."""
    return f"postgresql@{sizing['version']}-main.service"


def files_of(placed: Placed) -> tuple[ConfigFile, ...]:
    """Both files of conf.d and pg_hba.conf; raises TierwrightError for a replica of nothing."""
    sizing = size(placed)
    folder, unit = folder_of(sizing), unit_of(sizing)
    at_start = tuple(reason for reason in sizing.reasons if reason.setting in AT_START)
    others = tuple(reason for reason in sizing.reasons if reason.setting not in (*AT_START, "version"))
    return (
        ConfigFile(
            path=f"{folder}/conf.d/tierwright-start.conf",
            text=HEAD + assignments(_at_start(placed, sizing)),
            owner=OWNER,
            action="restart",
            unit=unit,
            reasons=at_start,
        ),
        ConfigFile(
            path=f"{folder}/conf.d/tierwright.conf",
            text=HEAD + assignments([*_live(sizing), *_following(placed), *_archiving(placed, sizing)]),
            owner=OWNER,
            unit=unit,
            reasons=(*others, *_why_following(placed)),
        ),
        ConfigFile(
            path=f"{folder}/pg_hba.conf",
            text=text_of(placed),
            owner=OWNER,
            mode=0o640,
            unit=unit,
            reasons=reasons_of(placed),
        ),
    )


def _at_start(placed: Placed, sizing: Sizing) -> Iterator[tuple[str, Written]]:
    local = placed.cluster.only_local(placed.host.name, "sql", "sql_replica")
    yield "listen_addresses", quoted("localhost" if local else joined("localhost", placed.host.address))
    yield "port", PORT
    yield "max_connections", sizing["max_connections"]
    yield "superuser_reserved_connections", sizing["superuser_reserved_connections"]
    yield "shared_buffers", f"{sizing['shared_buffers_mib']}MB"
    yield "max_worker_processes", sizing["max_worker_processes"]
    yield "wal_level", "replica"
    yield "max_wal_senders", sizing["max_wal_senders"]
    yield "max_replication_slots", sizing["max_replication_slots"]
    yield "hot_standby", "on"
    if is_archived(placed):
        yield "archive_mode", "on"


def _live(sizing: Sizing) -> Iterator[tuple[str, Written]]:
    yield "effective_cache_size", f"{sizing['effective_cache_size_mib']}MB"
    yield "work_mem", f"{sizing['work_mem_kib']}kB"
    yield "maintenance_work_mem", f"{sizing['maintenance_work_mem_mib']}MB"
    yield "wal_keep_size", f"{sizing['wal_keep_size_mib']}MB"
    yield "password_encryption", "scram-sha-256"
    yield "statement_timeout", f"{sizing['statement_timeout_seconds']}s"
    yield "idle_in_transaction_session_timeout", f"{sizing['idle_in_transaction_seconds']}s"


def _following(placed: Placed) -> Iterator[tuple[str, Written]]:
    if placed.role.name == REPLICA:
        yield "primary_conninfo", quoted(conninfo_of(placed))


def _archiving(placed: Placed, sizing: Sizing) -> Iterator[tuple[str, Written]]:
    """Every finished file of the log goes to pgBackRest, under the name that its configuration gives this server."""
    if is_archived(placed):
        yield "archive_command", fixed("'pgbackrest --stanza=main archive-push %p'")
        yield "archive_timeout", f"{sizing['archive_timeout_seconds']}s"


def conninfo_of(replica: Placed) -> Written:
    """How a replica reaches its primary: by its address, the password in a file of its own."""
    address = the_primary_of(replica).host.address
    parts: dict[str, Written] = {"host": address, "port": PORT, "user": REPLICATOR, "passfile": PASSFILE}
    return words(*(option(key, value) for key, value in parts.items()), option("application_name", replica.host.name))


def the_primary_of(replica: Placed) -> Placed:
    """The primary of a replica; raises TierwrightError where the plan has none."""
    primary = primary_of(replica)
    if primary is None:
        raise TierwrightError(
            f"{replica.host.name} is to copy a database, but no server has the role postgresql; give it to one",
            place=Place(path=f"tier {replica.host.tier}"),
        )
    return primary


def _why_following(placed: Placed) -> tuple[Reason, ...]:
    if placed.role.name != REPLICA:
        return ()
    primary = the_primary_of(placed)
    reason = Reason(
        setting="primary_conninfo",
        value=primary.host.address,
        formula="address of the first server with the role postgresql; what makes it a replica is the empty file"
        " standby.signal in its data directory, which is made once by hand and goes away when it is promoted",
        facts={"primary": primary.host.name, "data_directory": data_of(size(placed)), "passfile": PASSFILE},
    )
    return (reason,)
