"""What Redis takes: memory by what it keeps and who is connected, CPU by look-up."""

from __future__ import annotations

from topology.components.base import DYNAMIC, Demand, Memory, Placed
from topology.components.redis.settings import connections_to, is_persistent, replicas_of, size
from topology.demands import demand_of, guess, measured
from topology.value import Estimate, estimate
from topology.workload import Kind, RequestClass

GET = measured(0.01305)
"""A look-up of 1 kB by one of 20 clients, not pipelined (Redis 7.0 under redis-benchmark)."""
ONE_LOOKUP = estimate(1)
OWN_MIB = guess(5, 8, 20, "Redis 7.0 just started took 5 MiB (PSS)")
CONNECTION_MIB = 0.012
"""Measured with Redis 7.0: 12 kB a connection that has asked, mean of 400."""


def memory_of(placed: Placed) -> Memory:
    """The data, which fill up in time, with what is lost between them; a copy while it is written."""
    sized = size(placed)
    data, clients = sized["memory_mib"], connections_to(placed)
    copied = is_persistent(sized) or bool(replicas_of(placed))
    return Memory(
        parts={
            "data": Estimate(
                low=0, mid=data, high=data * 1.4, basis="guess", source="fills up in time; gaps take up to 40 % more"
            ),
            "copy": guess(
                0,
                data * 0.1 if copied else 0,
                data if copied else 0,
                "pages that change while a copy is written, for the disk or for a replica that begins: all at worst",
            ),
            "connections": guess(
                0,
                clients * CONNECTION_MIB,
                clients * 8 * CONNECTION_MIB,
                "12 kB each were measured; one that is sent much has more",
            ),
            "redis": OWN_MIB,
        }
    )


def demand_of_request(placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
    """A look-up for each that the class makes, and one more where its pages may be cached whole."""
    if kind not in DYNAMIC or size(placed)["serves"] == "broker":
        return None
    demand = demand_of(item, kind)
    lookups = demand.cache_lookups.plus(ONE_LOOKUP.scaled(1 if demand.cached_share.high else 0))
    return Demand(cpu_ms=GET.times(lookups), calls=max(1.0, float(lookups.mid)))
