"""Hours of a workload as rates."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.topology.capacity.parts import work
from topology.capacity.rates import HourlyRates, hour_name, quietest, rates_of, worst_day

DAY = [10, *range(1, 23), 5]


def rates(hours: Sequence[float]) -> HourlyRates:
    found = rates_of(work(100, hours=list(hours)))
    assert found is not None
    return found


def test_the_busiest_hour_lies_at_the_peak_and_the_others_in_proportion() -> None:
    found = rates(DAY)

    assert found.peak_hour == 22
    assert found.by_hour[22] == 100
    assert found.by_hour[1] == pytest.approx(100 / 22)


@pytest.mark.parametrize("hours", [None, [0] * 24])
def test_without_hours_or_with_none_busy_there_are_no_rates(hours: list[float] | None) -> None:
    assert rates_of(work(100, hours=hours)) is None


def test_the_earliest_of_equal_hours_is_the_peak() -> None:
    assert rates([1] * 168).peak_hour == 0


def test_hours_that_are_beyond_all_measure_are_still_a_shape() -> None:
    assert rates([1e308] * 23 + [0]).by_hour == (100,) * 23 + (0,)


def test_a_day_of_a_week_is_named() -> None:
    assert hour_name(14, 24) == "14:00"
    assert hour_name(24 + 14, 168) == "Tuesday 14:00"
    assert hour_name(167, 168) == "Sunday 23:00"


def test_the_quietest_hours_may_lie_round_midnight() -> None:
    assert quietest([1, 1, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 2, 1]) == (22, 2)
    assert quietest([1] * 168) == (0, 4)


def test_the_worst_day_has_the_busiest_of_every_hour() -> None:
    week = [0.0] * 168
    week[3], week[24 + 3], week[167] = 1, 2, 4

    found = worst_day(rates(week))

    assert (found[3], found[23], found[0]) == (50, 100, 0)
