"""Candidates weighed per CPU second by the search and by service-capacity-modeling, interleaved, in one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from topology.capacity import Objective, Space, space_of
from topology.capacity.search.evaluation import measured
from topology.capacity.search.inputs import expected
from topology.capacity.search.warm import warm
from topology.hardware import BUILT_IN
from topology.stages import evolve
from topology.workload import RequestClass, Workload

PEER = "org.netflix.stateless-java"
"""The peer's model that is nearest to a web tier: one kind of server, its cores and its network."""
PAGES = Workload(
    peak_requests_per_second=7_000, classes={"page": RequestClass(share=0.1), "static": RequestClass(share=0.9)}
)
"""Pages hold workers over database calls: every candidate's slots are a queue of their own."""
FILES = Workload(peak_requests_per_second=40_000, classes={"static": RequestClass(share=1)})
"""Files hold nothing: an open network."""


@dataclass(frozen=True, kw_only=True)
class Speeds:
    """Candidates per CPU second, the middle of the rounds."""

    open: float
    held: float
    peer: float
    candidates: tuple[int, int, int]
    """How many were weighed in a round: open, held, the peer's."""


def measure(*, rounds: int) -> Speeds:
    """All three in turn; the first round of each is not counted, since it loads and compiles."""
    warm()
    spaces = [_space(FILES, most=2), _space(PAGES)]
    peer = _Peer()
    runs: list[Callable[[], int]] = [partial(_weigh, space) for space in spaces]
    speeds: list[list[float]] = [[], [], []]
    counts = (spaces[0].size, spaces[1].size, peer.run())
    for _ in range(rounds):
        for place, run in enumerate([*runs, peer.run]):
            seconds = _cpu_seconds(run)
            speeds[place].append(counts[place] / seconds)
    middle = [median(found) for found in speeds]
    return Speeds(open=middle[0], held=middle[1], peer=middle[2], candidates=counts)


def _space(workload: Workload, *, most: int | None = None) -> Space:
    stages = evolve(workload).views
    promise = Objective(p95_ms=200, availability=0.998, headroom=0.4)
    found = space_of([view.design for view in stages], workload, promise, BUILT_IN, worlds=1, most=most)
    _weigh(found)
    return found


def _weigh(space: Space) -> int:
    """Cost, response time, availability, load and what a dead server leaves, of every candidate."""
    found = measured(space, np.arange(space.size, dtype=np.int64), expected(space.inputs))
    return len(found.p95_ms)


class _Peer:
    """The peer's planner, asked for one certain plan; it counts the shapes that it works out."""

    def __init__(self) -> None:
        from service_capacity_modeling import interface
        from service_capacity_modeling.capacity_planner import planner

        rate, latency = interface.Interval, {"low": 0.4, "mid": 10, "high": 60, "confidence": 0.98}
        pattern = interface.QueryPattern(
            estimated_read_per_second=rate(low=1_000, mid=7_000, high=10_000, confidence=0.98),
            estimated_write_per_second=rate(low=10, mid=70, high=100, confidence=0.98),
            estimated_mean_read_latency_ms=rate(**latency),
        )
        self._planner = planner
        self._desires = interface.CapacityDesires(service_tier=1, query_pattern=pattern)

    def run(self) -> int:
        """One plan; the number of shapes of machine and drive that were worked out for it."""
        model: Any = self._planner.models[PEER]
        calls: list[int] = []
        plain: Callable[..., Any] = model.capacity_plan

        def counted(*args: Any, **kwargs: Any) -> Any:
            calls.append(1)
            return plain(*args, **kwargs)

        self._planner.models[PEER] = type("Counted", (type(model),), {"capacity_plan": staticmethod(counted)})()
        try:
            self._planner.plan_certain(model_name=PEER, region="us-east-1", desires=self._desires)
        finally:
            self._planner.models[PEER] = model
        return len(calls)


def _cpu_seconds(run: Callable[[], int]) -> float:
    started = time.process_time()
    run()
    return max(time.process_time() - started, 1e-6)
