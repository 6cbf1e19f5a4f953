"""What MariaDB takes: memory by connection, CPU by request."""

from __future__ import annotations

from topology.components.base import DYNAMIC, Demand, Memory, Placed
from topology.components.mariadb.settings import PRIMARY, client_connections, size
from topology.demands import demand_of, guess
from topology.value import Estimate
from topology.workload import Kind, RequestClass

OWN_MIB = guess(70, 100, 200, "99 MiB (PSS) measured of MariaDB 10.11 with a cache of 64 MiB that held a small site")
FRESH_MIB, WORKED_MIB, LARGE_MIB = 0.075, 0.23, 4.0
"""Memory of a connection in MariaDB 10.11: just opened, and after 30 look-ups and a sort; measured, mean of 200. The
largest is a guess from its own defaults: a sort buffer of 2 MiB, join and read buffers, packets."""
BUFFERS = "0.08 MiB just opened and 0.23 after work were measured; its buffers for sorts and joins on top at worst"


def memory_of(placed: Placed) -> Memory:
    """Its cache, its connections, and the server itself."""
    pool, count = size(placed)["buffer_pool_mib"], client_connections(placed)
    return Memory(
        parts={
            "buffer pool": Estimate(
                low=min(128, pool), mid=pool, high=pool * 1.1, basis="guess", source="it fills as data are read"
            ),
            "connections": guess(count * FRESH_MIB, count * WORKED_MIB, count * LARGE_MIB, BUFFERS),
            "mariadbd": OWN_MIB,
        }
    )


def demand_of_request(placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
    """(1 - cached share) x the database's CPU, on the primary; nothing reads from a replica by itself.

    Where nobody measured the site, it is the table's figure for an unknown site's queries, taken with PostgreSQL.
    """
    if kind not in DYNAMIC or placed.role.name != PRIMARY:
        return None
    cost = demand_of(item, kind)
    asked = cost.cached_share.rest()
    return Demand(
        cpu_ms=cost.database_cpu_ms.times(asked),
        disk_ms=cost.disk_ms.times(asked),
        calls=max(1.0, float(cost.database_calls.mid)),
    )
