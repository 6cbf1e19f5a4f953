"""What pgpool takes: memory by process, CPU by query."""

from __future__ import annotations

from topology.components.base import DYNAMIC, Demand, Memory, Placed
from topology.components.pgpool.settings import size
from topology.demands import demand_of, guess
from topology.workload import Kind, RequestClass

QUERY = guess(0.03, 0.07, 0.2, "a query parsed and passed on: 0.06 to 0.07 ms in its start in the tests")


def memory_of(placed: Placed) -> Memory:
    """A process for each client that it can have, whether it comes or not."""
    children = size(placed)["num_init_children"]
    each = guess(children * 0.3, children * 0.5, children * 3.0, "26 MiB (PSS) of 35 processes measured at rest")
    return Memory(
        parts={"main and helpers": guess(12, 15, 40, "its own, and the shared cache of 8 MiB"), "processes": each}
    )


def demand_of_request(kind: Kind, item: RequestClass) -> Demand | None:
    """Each query of a request that the cache does not answer passes once."""
    if kind not in DYNAMIC:
        return None
    cost = demand_of(item, kind)
    calls = cost.database_calls.times(cost.cached_share.rest())
    return Demand(cpu_ms=QUERY.times(calls), calls=max(1.0, float(calls.mid)))
