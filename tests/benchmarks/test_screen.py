"""The screen's candidates a second beside another planner's, with floors far below what is measured."""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.screen import MODELS, measure


def test_candidates_a_second_beside_a_planner_without_latency(
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    found = measure(rounds=3, candidates=40_000, models=MODELS[:1])

    theirs = found.theirs[MODELS[0]]
    record_testsuite_property("open_network_times_scm", round(found.open_network / theirs, 1))
    record_testsuite_property("worker_and_pool_times_scm", round(found.worker_and_pool / theirs, 1))
    assert found.open_network > 12 * theirs
    assert found.worker_and_pool > 2 * theirs
