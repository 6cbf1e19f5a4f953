"""Settings of pgpool, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from pydantic import Field

from topology import sizing
from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.components.cluster import Cluster
from topology.fields import Port

ROLE, PORT = "pgpool", 9999
STEP, PEOPLE, REFUSING = 10, 3, 1
"""Steps of its processes; connections kept for people and monitoring (a rule of thumb); and one process that is held
back, so that a client beyond the others is told so instead of waiting without an end."""
SPARE_FILES = 100
Weight = Annotated[int, Field(ge=0, le=100)]


class PgpoolSettings(Settings):
    """Settings of the role pgpool."""

    num_init_children: Annotated[int, Field(ge=2, le=10_000)] | None = None
    """Its processes, each of which serves one client; by default as many as its clients may open connections, and a
    reserve."""
    primary_weight: Weight | None = None
    """Share of the reads that the primary takes, where each replica has 1; 0 leaves them all to the replicas."""
    delay_threshold_kib: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    """How far a replica may be behind, in KiB of log, until it gets no more reads; by default 1024."""
    port: Port | None = None
    """TCP port; 9999 by default."""


def children_of(placed: Placed) -> int:
    """Processes: asked for by `needs`, so worked out without knowing any edge."""
    written = placed.written.num_init_children if isinstance(placed.written, PgpoolSettings) else None
    return written or sizing.rounded_up(_clients(placed) + PEOPLE + REFUSING, STEP)


def to_each_database(placed: Placed) -> int:
    """Connections that all its processes together may hold to one server: each keeps one for every site."""
    return children_of(placed) * len(placed.cluster.sites)


def size(placed: Placed) -> Sizing:
    """Processes, connections, weights and times."""
    sizer = Sizer(placed.written)
    sizer.set("port", PORT, "pgpool's own default")
    clients, sites = _clients(placed), len(placed.cluster.sites)
    children = sizer.set(
        "num_init_children",
        children_of(placed),
        "connections of its clients + people + one held back, in steps of 10: a process serves one client at a time,"
        " and Django keeps its connection for a minute",
        clients=clients,
        people=PEOPLE,
    )
    sizer.set(
        "max_pool", sites, "one for each site: a process keeps a connection for every user and database", sites=sites
    )
    sizer.set(
        "open_files",
        max(1024, children + SPARE_FILES, sites * 4 + SPARE_FILES),
        "a process has few, and the first one all its children's, at least systemd's own 1024",
        num_init_children=children,
    )
    _set_reading(sizer)
    limit = placed.cluster.limits.failover_seconds
    sizer.set(
        "health_check_period",
        max(1, limit // 4),
        "a quarter of the time within which a dead server must be out of the traffic; with one more try and its wait"
        " that is half of it",
        failover_seconds=limit,
    )
    return sizer.done()


def _set_reading(sizer: Sizer) -> None:
    sizer.set("primary_weight", 1, "as many reads as each replica")
    sizer.set(
        "delay_threshold_kib",
        1024,
        "a replica that has not yet replayed the last 1 MiB of the log gets no reads (a rule of thumb)",
    )


def _clients(placed: Placed) -> int:
    """Connections of all that will ask here: those beside it, and those of servers without a pool of their own."""
    others, homeless = _asking(placed.cluster)
    return others.get(placed.host.name, 0) + homeless


@lru_cache(maxsize=4)
def _asking(cluster: Cluster) -> tuple[dict[str, int], int]:
    """Connections that roles want to a pool: by host where there is one, and the sum of all the others."""
    pooled = {host.name for host in cluster.hosts_offering("pool")}
    beside: dict[str, int] = {}
    homeless = 0
    for placed in cluster.placed:
        if "pool" in placed.component.offers.get(placed.role.name, ()):
            continue
        wanted = sum(need.connections for need in placed.component.needs(placed) if "pool" in need.services)
        if placed.host.name in pooled:
            beside[placed.host.name] = beside.get(placed.host.name, 0) + wanted
        else:
            homeless += wanted * cluster.stands_for(placed.host.name)
    return beside, homeless
