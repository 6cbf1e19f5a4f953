"""The crowd that a picture shows: every layout, nothing dearer than asked, and the cheapest that holds."""

from __future__ import annotations

from tests.topology.capacity.search.cases import TYPES, alone, balanced, objective, workload
from topology.capacity import crowd_of


def test_a_crowd_is_sorted_by_cost_and_ends_where_it_is_told() -> None:
    found = crowd_of([alone(), balanced()], workload(), objective(), types=TYPES, dearest=150)

    costs = [item.cost for item in found]
    assert costs == sorted(costs)
    assert costs[-1] <= 150
    assert {item.holds for item in found} == {True, False}


def test_what_is_left_out_lies_beside_what_is_shown() -> None:
    every = crowd_of([alone(), balanced()], workload(), objective(), types=TYPES)
    few = crowd_of([alone(), balanced()], workload(), objective(), types=TYPES, most=20)

    assert len(few) == 20 < len(every)
    assert set(few) <= set(every)
    assert (few[0], few[-1]) == (every[0], every[-1])


def test_a_crowd_holds_those_that_carry_the_peak_only() -> None:
    found = crowd_of([alone()], workload(5_000), objective(), types=TYPES)

    assert found == ()
