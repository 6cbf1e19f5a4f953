"""Settings of PgBouncer, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology import sizing
from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.fields import Port

PORT = 6432
STEP = 50
PEOPLE = 5
"""Client connections kept for people and monitoring. A rule of thumb."""
SPARE_FILES = 100
"""Open files beside connections: sockets, logs, libraries. A rule of thumb."""
Connections = Annotated[int, Field(ge=1, le=10_000)]


class PgbouncerSettings(Settings):
    """Settings of the role pgbouncer."""

    default_pool_size: Connections | None = None
    """Connections to the database for each site; by default this pool's share of what keeps the database busy."""
    reserve_pool_size: Annotated[int, Field(ge=0, le=10_000)] | None = None
    """Connections more for each site, opened when a client has waited for reserve_pool_timeout."""
    max_client_conn: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Client connections that it accepts; by default those of all its clients and a reserve."""
    port: Port | None = None
    """TCP port; 6432 by default."""


def pools(placed: Placed) -> Sizing:
    """Connections to the database: asked for by `needs`, so worked out without knowing any edge."""
    sizer = Sizer(placed.written)
    _set_pools(sizer, placed)
    return sizer.done()


def size(placed: Placed) -> Sizing:
    """Connections on both sides, and the time that a client may wait for one."""
    sizer = Sizer(placed.written)
    sizer.set("port", PORT, "PgBouncer's own default")
    pool = _set_pools(sizer, placed)
    clients = placed.cluster.connections_to(placed.host.name, "pool")
    accepted = sizer.set(
        "max_client_conn",
        sizing.rounded_up(clients + PEOPLE, STEP),
        "connections of all its clients + people, in steps of 50; a client counts with all it may open here, so a lost"
        " pool's clients fit too",
        clients=clients,
        people=PEOPLE,
    )
    sizer.set(
        "open_files",
        max(1024, accepted + pool + SPARE_FILES),
        "max_client_conn + connections to the database + spare, at least systemd's own 1024",
        max_client_conn=accepted,
        to_the_database=pool,
        spare=SPARE_FILES,
    )
    limit = placed.cluster.limits.request_seconds
    sizer.set(
        "query_wait_timeout",
        sizing.timeouts(limit).pool_wait,
        "half the time T that a request may take: an error is sooner and cheaper than a page that nobody waits for",
        request_seconds=limit,
    )
    return sizer.done()


def to_database(placed: Placed) -> int:
    """Connections to the database of all pools of this server, with their reserve."""
    sized = pools(placed)
    return int(len(placed.cluster.sites) * (sized["default_pool_size"] + sized["reserve_pool_size"]))


def _set_pools(sizer: Sizer, placed: Placed) -> int:
    cluster, sites = placed.cluster, len(placed.cluster.sites)
    database = next(iter(cluster.hosts_offering("sql")), placed.host)
    poolers = max(1, cluster.count("pool"))
    pool = sizer.set(
        "default_pool_size",
        sizing.pool_size(sizing.busy_connections(database.type.cores), poolers=poolers, pools=sites),
        "(2 × cores of the database server + 1) / (servers with a pool × sites), rounded up, at least 2; PostgreSQL"
        " wiki, Number Of Database Connections, a solid-state disk taken for one spindle. The cores of a database that"
        " others run are not known: this server's stand for them",
        database_server=database.name,
        database_cores=database.type.cores,
        servers_with_a_pool=poolers,
        sites=sites,
    )
    reserve = sizer.set(
        "reserve_pool_size",
        max(1, pool // 4),
        "a quarter of the pool, at least 1, for a burst (a rule of thumb)",
        default_pool_size=pool,
    )
    return int(sites * (pool + reserve))
