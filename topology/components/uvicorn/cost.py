"""What uvicorn takes: memory by process, CPU by request."""

from __future__ import annotations

from topology.components.base import DYNAMIC, Demand, Memory, Placed
from topology.components.uvicorn.settings import MASTER_MIB, PROCESS_MIB, size
from topology.demands import CACHED_PAGE_APP, bytes_of, demand_of
from topology.value import Estimate
from topology.workload import Kind, RequestClass

HANDING = Estimate(
    low=0.6,
    mid=0.85,
    high=1.1,
    basis="default",
    source="measured: a view without async took 2.48 ms under uvicorn 0.54 and 1.65 ms under gunicorn right after it",
)
"""CPU milliseconds by which a request costs more than under gunicorn: the event loop hands it to a thread and back."""


def memory_of(placed: Placed) -> Memory:
    """Processes and the master of every site."""
    processes: int = size(placed)["processes"]
    parts = {}
    for site in placed.cluster.sites:
        parts[f"processes of {site.name}"] = PROCESS_MIB.scaled(processes)
        parts[f"master of {site.name}"] = MASTER_MIB
    return Memory(parts=parts)


def demand_of_request(kind: Kind, item: RequestClass) -> Demand | None:
    """(1 - cached share) x the view's CPU + cached share x a page from the cache + HANDING; nothing for files."""
    if kind not in DYNAMIC:
        return None
    cost = demand_of(item, kind)
    cached = cost.cached_share
    if cached.high == 0:
        return Demand(cpu_ms=cost.app_cpu_ms.plus(HANDING), bytes_out=bytes_of(item, kind))
    fresh = cost.app_cpu_ms.times(cached.rest())
    spent = fresh.plus(CACHED_PAGE_APP.times(cached)).plus(HANDING)
    return Demand(cpu_ms=spent, bytes_out=bytes_of(item, kind))
