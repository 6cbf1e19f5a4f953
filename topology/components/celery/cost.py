"""What Celery takes: memory by process. What its jobs take of the CPU no workload says, and no forecast counts it."""

from __future__ import annotations

from topology.components.base import Memory, Placed
from topology.components.celery.settings import BEAT, CHILD_MIB, size
from topology.demands import guess

CLOCK_MIB = guess(40, 60, 150, "a process that holds the site's code, as a worker's")


def memory_of(placed: Placed) -> Memory:
    """Processes and their parent, or the clock, of every site."""
    if placed.role.name == BEAT:
        return Memory(parts={f"beat of {site.name}": CLOCK_MIB for site in placed.cluster.sites})
    count = size(placed)["concurrency"]
    return Memory(parts={f"processes of {site.name}": CHILD_MIB.scaled(count + 1) for site in placed.cluster.sites})
