"""A reduction of the benchmark of the search: far more candidates a second than service-capacity-modeling."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest

from tests.benchmarks.search import measure


def test_the_search_weighs_far_more_candidates_and_says_how_soon_they_answer(
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    pytest.importorskip("numba")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the peer's own
        speeds = measure(rounds=3)

    assert speeds.candidates[2] > 1_000
    assert speeds.open > 5 * speeds.peer  # docs/evidence has the ratio of long runs
    assert speeds.held > 2 * speeds.peer
    record_testsuite_property("search_open_times_peer", round(speeds.open / speeds.peer, 1))
    record_testsuite_property("search_held_times_peer", round(speeds.held / speeds.peer, 1))
