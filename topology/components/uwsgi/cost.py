"""What uWSGI takes: memory by process, CPU by request."""

from __future__ import annotations

from topology.components.base import DYNAMIC, Demand, Memory, Placed
from topology.components.uwsgi.settings import MASTER_MIB, PROCESS_MIB, size
from topology.demands import CACHED_PAGE_APP, bytes_of, demand_of
from topology.workload import Kind, RequestClass


def memory_of(placed: Placed) -> Memory:
    """Processes and the master of every site."""
    processes: int = size(placed)["processes"]
    parts = {}
    for site in placed.cluster.sites:
        parts[f"processes of {site.name}"] = PROCESS_MIB.scaled(processes)
        parts[f"master of {site.name}"] = MASTER_MIB
    return Memory(parts=parts)


def demand_of_request(kind: Kind, item: RequestClass) -> Demand | None:
    """(1 - cached share) x the view's CPU + cached share x a page from the cache; nothing for files."""
    if kind not in DYNAMIC:
        return None
    cost = demand_of(item, kind)
    cached = cost.cached_share
    if cached.high == 0:
        return Demand(cpu_ms=cost.app_cpu_ms, bytes_out=bytes_of(item, kind))
    fresh = cost.app_cpu_ms.times(cached.rest())
    return Demand(cpu_ms=fresh.plus(CACHED_PAGE_APP.times(cached)), bytes_out=bytes_of(item, kind))
