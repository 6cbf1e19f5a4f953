"""What PostgreSQL takes: memory by connection, CPU by request."""

from __future__ import annotations

from topology import sizing
from topology.components.base import DYNAMIC, Demand, Memory, Placed
from topology.components.postgresql.settings import PRIMARY, client_connections, size
from topology.demands import READ_DISK, ClassDemand, demand_of, surroundings_of
from topology.value import Estimate, estimate
from topology.workload import Kind, RequestClass

FRESH_MIB, WORKED_MIB, LARGE_MIB = 1.1, 2.0, 4.0
"""Private memory of a connection's process in PostgreSQL 15: just opened, after 32 queries with a sort among them,
and all its anonymous pages. Measured, mean of 44 processes."""
PROCESSES_MIB = 40
VACUUMS = 3
"""PostgreSQL's own autovacuum_max_workers."""


def memory_of(placed: Placed) -> Memory:
    """Its cache, its connections, its own processes."""
    sized = size(placed)
    return Memory(
        parts={
            "shared buffers": _shared(placed, sized["shared_buffers_mib"]),
            "connections": _connections(placed, sized["shared_buffers_mib"], sized["work_mem_kib"] / 1024),
            "processes": Estimate(
                low=PROCESSES_MIB / 2,
                mid=PROCESSES_MIB,
                high=PROCESSES_MIB + VACUUMS * sized["maintenance_work_mem_mib"],
                basis="guess",
                source="postmaster and helpers; at most three vacuums at once, each with maintenance_work_mem",
            ),
        }
    )


def _shared(placed: Placed, shared_mib: int) -> Estimate:
    """It fills as data are read, and holds no more than there are."""
    workload = placed.cluster.workload
    amount = None if workload is None else workload.database_gib
    if amount is None:
        return Estimate(low=128, mid=shared_mib, high=shared_mib, basis="guess", source="a database of unknown size")
    database = estimate(amount).scaled(1024)
    low, mid = min(shared_mib, database.low), min(shared_mib, database.mid)
    return Estimate(low=low, mid=mid, high=shared_mib, basis=database.basis, source="no more than the database holds")


def _connections(placed: Placed, shared_mib: int, work_mib: float) -> Estimate:
    """A process each; its page table grows as it touches the shared buffers, and at worst all sort at once."""
    count = client_connections(placed)
    table = sizing.page_table_mib(shared_mib)
    return Estimate(
        low=count * FRESH_MIB,
        mid=count * (WORKED_MIB + table / 2),
        high=count * (LARGE_MIB + table + work_mib),
        basis="default",
        source="1.1 to 4 MiB a process were measured; page table of the shared buffers and work_mem on top",
    )


def demand_of_request(placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
    """(1 - cached share) x the database's CPU, on the primary; nothing reads from a replica by itself."""
    if kind not in DYNAMIC or placed.role.name != PRIMARY:
        return None
    cost = demand_of(item, kind)
    asked = cost.cached_share.rest()
    disk = cost.disk_ms if item.disk_ms is not None else _reads(placed, cost)
    return Demand(
        cpu_ms=cost.database_cpu_ms.times(asked),
        disk_ms=disk.times(asked),
        calls=max(1.0, float(cost.database_calls.mid)),
    )


def _reads(placed: Placed, cost: ClassDemand) -> Estimate:
    """Disk time of a request where nobody measured it: none of data that memory holds, else a read for each query
    that misses. The hit ratio of M of D popular pages is (M/D)^(1-s), s the exponent of Zipf's law."""
    workload = placed.cluster.workload
    data = None if workload is None else surroundings_of(workload).working_set_gib
    if workload is None or data is None or data.low <= 0:
        return cost.disk_ms
    cache_gib = size(placed)["effective_cache_size_mib"] / 1024
    exponent = surroundings_of(workload).popularity
    misses = Estimate(
        low=_missed(cache_gib, data.low, exponent.high),
        mid=_missed(cache_gib, data.mid, exponent.mid),
        high=_missed(cache_gib, data.high, exponent.low),
        basis="guess",
        source=f"memory of {cache_gib:.1f} GiB for data of {data.mid:.3g} GiB; each query that misses reads one page",
    )
    return misses.times(cost.database_calls).times(READ_DISK)


def _missed(cache_gib: float, data_gib: float, exponent: float) -> float:
    return 0.0 if cache_gib >= data_gib else 1 - (cache_gib / data_gib) ** max(0.0, 1 - exponent)
