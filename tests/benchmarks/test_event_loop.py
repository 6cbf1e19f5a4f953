"""A reduction of the benchmark of the event loop: far faster than Ciw and SimPy, on the same network."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.benchmarks.event_loop import EXACT_MEAN, measure


def test_the_loop_is_far_faster_than_ciw_and_simpy(record_testsuite_property: Callable[[str, object], None]) -> None:
    pytest.importorskip("numba")

    speeds = measure(rounds=3, ours=150_000, others=2_000)

    assert speeds.means["ours"] == pytest.approx(EXACT_MEAN, rel=0.02)
    assert speeds.means["ciw"] == pytest.approx(EXACT_MEAN, rel=0.1)
    assert speeds.means["simpy"] == pytest.approx(EXACT_MEAN, rel=0.1)
    assert speeds.ours > 50 * speeds.ciw  # docs/evidence has the ratio of long runs
    assert speeds.ours > 15 * speeds.simpy
    record_testsuite_property("event_loop_times_ciw", round(speeds.ours / speeds.ciw))
    record_testsuite_property("event_loop_times_simpy", round(speeds.ours / speeds.simpy))
