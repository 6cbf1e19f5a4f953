"""Few database connections shared by many app processes: a process that waits for its next request holds none.

A connection costs PostgreSQL memory always and 7 ms of CPU when it is opened; with a pool neither grows with the
number of app processes. Connections are handed out by transaction, so Django may not keep server-side cursors open
between them. On an app server it has the applications beside it as clients; on a server of its own, all of them.
"""

from __future__ import annotations

from topology.components.base import (
    DYNAMIC,
    Component,
    ConfigFile,
    Demand,
    Endpoint,
    Log,
    Measured,
    Memory,
    Need,
    Placed,
    Preparation,
    Sizing,
    Trouble,
    Validator,
)
from topology.components.pgbouncer.boot import boot
from topology.components.pgbouncer.files import files_of
from topology.components.pgbouncer.preparations import preparations_of
from topology.components.pgbouncer.reader import reading_of
from topology.components.pgbouncer.settings import PORT, PgbouncerSettings, size, to_database
from topology.components.pgbouncer.validate import check
from topology.components.reading import Reading, Texts
from topology.demands import POOLED_QUERY, demand_of
from topology.value import Estimate
from topology.workload import Kind, RequestClass


class Pgbouncer(Component):
    """The connection pool."""

    name = "pgbouncer"
    title = "PgBouncer"
    roles = {"pgbouncer": "shares few database connections among many processes"}  # noqa: RUF012
    offers = {"pgbouncer": ("pool",)}  # noqa: RUF012
    packages = {"debian12": "1.18.0", "ubuntu2404": "1.22.0"}  # noqa: RUF012
    package = "pgbouncer"
    settings = PgbouncerSettings
    evidence = "booted"
    measured = Measured(
        memory_mib=40,
        cpu_ms=0.1,
        says="a row by its key through the pool, 1,000 one after the other; PostgreSQL included",
    )
    answer = "newspaper is let through to newspaper"
    validator = Validator(
        program="pgbouncer",
        package="pgbouncer",
        says="pgbouncer started with these files, systemd-analyze verify",
        check=check,
        boot=boot,
    )
    logs = (
        Log(
            path="/var/log/postgresql/pgbouncer.log",
            says="sign-ins, what was refused, and once a minute how many queries there were and how long they waited",
        ),
    )
    troubles = (
        Trouble(
            sees="query_wait_timeout",
            does="Every connection of the pool was busy for that long. `SHOW POOLS` tells which site waits"
            " (cl_waiting); a slow query is the usual cause, a larger pool seldom the cure.",
        ),
        Trouble(
            sees="password authentication failed, or: server login failed",
            does="The secret in userlist.txt is not the database's own. Copy it anew after each change of a password.",
        ),
        Trouble(
            sees="cursor does not exist, or: prepared statement does not exist",
            does="The site keeps something on a connection that the pool has handed on: set"
            " DISABLE_SERVER_SIDE_CURSORS, and leave server_side_binding off.",
        ),
        Trouble(
            sees="no more connections allowed (max_client_conn)",
            does="More clients came than the design has. Export anew after a server was added, and restart.",
        ),
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """The port that app servers take for the database's."""
        port = placed.written.port if isinstance(placed.written, PgbouncerSettings) else None
        return (Endpoint(service="pool", port=port or PORT, carries=DYNAMIC, speaks="postgresql"),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """The database; and its replica, so that a promotion finds every door open already."""
        connections = to_database(placed)
        return (
            Need(services=("sql",), why="passes queries on", connections=connections),
            Need(services=("sql_replica",), why="asks it once it is promoted", connections=connections),
        )

    def size(self, placed: Placed) -> Sizing:
        """Connections on both sides."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Configuration, and the limit of open files."""
        return files_of(placed)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """Limits, mode and databases."""
        return reading_of(placed, texts)

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """The users and their secrets."""
        return preparations_of(placed)

    def memory(self, placed: Placed) -> Memory:
        """Its own 9 MiB, and some kilobytes a client."""
        clients = placed.cluster.connections_to(placed.host.name, "pool")
        own = Estimate(low=8, mid=9, high=16, basis="default", source="measured: 8.5 MiB without clients")
        each = Estimate(
            low=clients * 0.0006,
            mid=clients * 0.004,
            high=clients * 0.016,
            basis="default",
            source="0.6 kB a client at rest measured; its buffers of 4 kB while it asks",
        )
        return Memory(parts={"pgbouncer": own, "clients": each})

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        """PgBouncer's CPU for each query of a request that the cache does not answer."""
        if kind not in DYNAMIC:
            return None
        cost = demand_of(item, kind)
        calls = cost.database_calls.times(cost.cached_share.rest())
        return Demand(cpu_ms=POOLED_QUERY.times(calls), calls=max(1.0, float(calls.mid)))


COMPONENT = Pgbouncer()
