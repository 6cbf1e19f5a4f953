"""When traffic that grows meets a limit."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topology.capacity.parts import foreseen, tier, work
from topology.capacity import Forecast, Number
from topology.capacity.growth import FAR, date_after, months_between, months_until
from topology.value import Estimate

SITE = (tier("web", ["web", {"app": {"workers": 40}}], count=2), tier("db", ["rows"], type="four"))


def grown(peak: Any, growth: Any, **more: Any) -> Forecast:
    return foreseen(*SITE, workload=work(peak, growth_per_year=growth), **more)


def times(low: float, mid: float, high: float) -> Number:
    return Number(value=mid, low=low, high=high, kind="approximate", unit="times")


def test_doubling_every_year() -> None:
    assert months_until(2, 1.0) == pytest.approx(12)
    assert months_until(8, 1.0) == pytest.approx(36)


def test_half_as_much_again_every_year() -> None:
    assert months_until(1.5**0.5, 0.5) == pytest.approx(6)


def test_what_is_met_already() -> None:
    assert months_until(0.8, 0.5) == 0


@pytest.mark.parametrize("growth", [0, -0.2, 0.001])
def test_what_is_not_in_sight(growth: float) -> None:
    assert months_until(3, growth) is None


def test_the_earliest_month_has_the_least_left_and_the_fastest_growth() -> None:
    found = months_between(times(2, 4, 8), Estimate(low=0.5, mid=1, high=3))

    assert found is not None
    assert (found.low, found.value) == pytest.approx((6, 24))
    assert found.high == pytest.approx(months_until(8, 0.5))


def test_later_than_in_fifty_years_is_fifty_years() -> None:
    found = months_between(times(2, 4, 8), Estimate(low=-0.1, mid=0.01, high=1))

    assert found is not None
    assert found.low == pytest.approx(12)
    assert (found.value, found.high) == (FAR, FAR)
    assert months_between(times(2, 4, 8), Estimate(low=-0.1, mid=0, high=0)) is None


@pytest.mark.parametrize(
    ("months", "day"),
    [(0, date(2026, 11, 25)), (12, date(2027, 11, 25)), (1, date(2026, 12, 25)), (FAR, date(2076, 11, 25))],
)
def test_months_become_a_day(months: float, day: date) -> None:
    assert abs(date_after(months, date(2026, 11, 25)) - day).days <= 1


def test_a_day_beyond_the_calendar_is_its_last() -> None:
    assert date_after(FAR, date(9990, 1, 1)) == date.max


def test_every_limit_of_every_tier_has_its_month_in_order() -> None:
    # Web servers carry 100 pages a second, the database 160; 40 come and double every year.
    found = grown(40, 1.0, promise={"headroom": 0.3}).growth

    assert found is not None
    limits = {(limit.tier, limit.limit): limit for limit in found.limits}
    assert limits["web", "cpu"].factor.value == pytest.approx(2.5)
    assert limits["db", "cpu"].factor.value == pytest.approx(4)
    assert limits["web", "headroom"].at_rps.value == pytest.approx(70)
    months = limits["db", "cpu"].months
    assert months is not None
    assert (months.low, months.value, months.high, months.unit) == pytest.approx((24, 24, 24, "months"))
    factors = [limit.factor.value for limit in found.limits]
    assert factors == sorted(factors)
    assert found.limits[0].limit == "headroom"


def test_what_happens_if_nothing_is_done() -> None:
    found = grown(40, 1.0).growth

    assert found is not None
    assert found.if_nothing == (
        "If nothing is done, the CPU of web is full in 16 months, then the CPU of db is full in 24 months."
    )
    assert found.limits[0].says == "The CPU of web is full at 100 requests/s, 2.5 times today's peak, in 16 months."


def test_what_is_full_already_is_said_so() -> None:
    found = grown(120, 1.0).growth

    assert found is not None
    assert found.if_nothing.startswith("If nothing is done, the CPU of web is full already, then")


def test_doubt_about_growth_is_doubt_about_the_month() -> None:
    sure = grown(40, 1.0).growth
    unsure = grown(40, {"low": 0.5, "mid": 1.0, "high": 1.5}).growth

    assert sure is not None
    assert unsure is not None
    first, doubted = sure.limits[0].months, unsure.limits[0].months
    assert first is not None
    assert doubted is not None
    assert doubted.low < first.low == pytest.approx(doubted.value) == first.high < doubted.high
    assert unsure.months == pytest.approx(sure.months)


@pytest.mark.parametrize("growth", [None, 0, -0.5])
def test_without_growth_limits_have_a_place_and_no_month(growth: float | None) -> None:
    found = grown(40, growth).growth

    assert found is not None
    assert found.limits[0].months is None
    assert found.limits[0].factor.value == pytest.approx(2.5)
    assert found.if_nothing == ""


@settings(max_examples=30)
@given(rate=st.floats(1, 200), more=st.floats(1, 5), growth=st.floats(0.01, 10))
def test_more_traffic_never_meets_a_limit_later(rate: float, more: float, growth: float) -> None:
    calm, busy = grown(rate, growth).growth, grown(rate * more, growth).growth

    assert calm is not None
    assert busy is not None
    later = {(limit.tier, limit.limit): limit.months for limit in calm.limits}
    for limit in busy.limits:
        before = later[limit.tier, limit.limit]
        if before is not None:
            assert limit.months is not None
            assert limit.months.value <= before.value + 1e-9
