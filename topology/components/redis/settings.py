"""Settings of Redis, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.components.cluster import Edge
from topology.errors import Place, TierwrightError
from topology.fields import Port

PRIMARY, REPLICA = "redis", "redis_replica"
ALONE, BESIDE = 0.5, 0.1
"""Share of the server's memory for data: alone on it, and beside other roles. A copy made while it is written may
double what it takes, so half is the most. Rules of thumb."""
LEAST_MIB = 64
OWN_PORT, OWN_CLIENTS = 6379, 10_000
MOST_CLIENTS = 65_503
"""LimitNOFILE=65535 of Debian's unit, less the 32 files that Redis keeps for itself."""
Serves = Literal["cache", "broker", "both"]
Eviction = Literal["noeviction", "allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-ttl"]


class RedisSettings(Settings):
    """Settings of the roles redis and redis_replica."""

    serves: Serves | None = None
    """What the sites use it for; by default the cache, and the queue too where there are workers for jobs."""
    memory_mib: Annotated[int, Field(ge=16, le=4_000_000)] | None = None
    """Memory for data in MiB; by default half of a server of its own, a tenth of a shared one."""
    eviction: Eviction | None = None
    """What gives way when it is full; by default the value not used for longest, and nothing where there is a queue."""
    port: Port | None = None
    """TCP port; 6379 by default."""


def size(placed: Placed) -> Sizing:
    """Memory, connections and what gives way, of one server."""
    sizer = Sizer(placed.written)
    primary = size(the_primary_of(placed)) if placed.role.name == REPLICA else None
    jobs = bool(placed.cluster.hosts_offering("jobs"))
    serves = sizer.set("serves", serves_of(placed), _SERVES, jobs=jobs)
    _set_memory(sizer, placed, primary)
    sizer.set("port", OWN_PORT, "Redis's own default")
    sizer.set("eviction", "allkeys-lru" if serves == "cache" else "noeviction", _EVICTION, serves=serves)
    clients = connections_to(placed)
    sizer.set(
        "max_clients",
        min(MOST_CLIENTS, max(OWN_CLIENTS, 2 * clients)),
        "2 × connections that clients may open, so that a rolling restart fits; at least Redis's own 10,000, and no"
        " more than its unit may open files",
        clients=clients,
    )
    return sizer.done()


_SERVES = "the queue of jobs too where the plan has workers for them, else the cache; a replica what its primary does"
_EVICTION = "a full cache forgets what was not used for longest; a queue must not lose jobs, so it refuses new ones"


def serves_of(placed: Placed) -> Serves:
    """What it is used for; safe to ask while endpoints are worked out. A replica does what the first primary does."""
    primaries = (p for p in placed.cluster.placed if p.role.name == PRIMARY)
    one = placed if placed.role.name == PRIMARY else next(primaries, placed)
    written = one.written.serves if isinstance(one.written, RedisSettings) else None
    return written or ("both" if placed.cluster.hosts_offering("jobs") else "cache")


def connections_to(placed: Placed) -> int:
    """Connections that clients and replicas may hold; an application uses one pool for the cache and one for jobs."""
    return placed.cluster.connections_to(placed.host.name, "cache", "broker", "cache_primary")


def is_persistent(sized: Sizing) -> bool:
    """Whether a restart may lose nothing: jobs are kept on the disk, cached values are not."""
    return bool(sized["serves"] != "cache")


def the_primary_of(replica: Placed) -> Placed:
    """The primary of a replica, the first of the plan; raises TierwrightError where there is none."""
    edges = replica.cluster.edges_from(replica, "cache_primary")
    if not edges:
        raise TierwrightError(
            f"{replica.host.name} is to copy a Redis, but no server has the role redis; give it to one",
            place=Place(path=f"tier {replica.host.tier}"),
        )
    return replica.cluster.find(edges[0].server, edges[0].server_role)


def replicas_of(placed: Placed) -> tuple[Edge, ...]:
    """The connections of the replicas that copy this server."""
    return placed.cluster.edges_to(placed.host.name, "cache_primary")


def _set_memory(sizer: Sizer, placed: Placed, primary: Sizing | None) -> None:
    ram = placed.host.type.ram_mib
    share = ALONE if len(placed.host.roles) == 1 else BESIDE
    least = primary["memory_mib"] if primary else 0
    sizer.set(
        "memory_mib",
        max(LEAST_MIB, int(ram * share), least),
        "RAM × share, at least 64 MiB; half alone on a server, since a copy may double it, a tenth beside others (rules"
        " of thumb); a replica holds what its primary holds",
        ram_mib=ram,
        share=share,
        primary_mib=least,
    )
