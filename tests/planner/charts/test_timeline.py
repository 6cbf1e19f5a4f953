"""The time line has a row a limit, places on an axis of years, and dates in words."""

from __future__ import annotations

from datetime import date

from planner.charts import TimeLine, time_line
from topology.capacity import LimitDate, Number

TODAY = date(2026, 11, 25)


def number(value: float, low: float | None = None, high: float | None = None) -> Number:
    return Number(
        value=value,
        low=value if low is None else low,
        high=value if high is None else high,
        kind="approximate",
        unit="months",
    )


def limit(months: Number | None, tier: str = "web") -> LimitDate:
    return LimitDate(
        tier=tier, server=f"{tier}1", limit="cpu", at_rps=number(100), factor=number(2), months=months, says=""
    )  # fmt: skip


def line(*months: Number | None) -> TimeLine:
    return time_line([limit(item) for item in months], {"web": 2}, today=TODAY)


def test_a_limit_stands_at_its_month_between_its_ends() -> None:
    [row] = line(number(12, 6, 18)).rows

    assert (row.low, row.place, row.high) == (25, 50, 75)
    assert (row.earliest, row.when, row.latest) == ("May 2027", "Nov 2027", "May 2028")
    assert row.is_first
    assert not row.is_open


def test_a_limit_that_is_met_already_is_met_now() -> None:
    [row] = line(number(0)).rows

    assert (row.place, row.when) == (0, "now")


def test_what_lies_beyond_the_axis_is_counted_and_kept_for_the_table() -> None:
    found = line(number(12), number(18, 12, 24), number(20), number(22), number(400, 300, 600))

    assert len(found.rows) == 5
    assert len(found.shown) == 4
    assert found.later == 1


def test_an_interval_that_leaves_the_axis_is_open() -> None:
    [row] = line(number(100, 30, 600)).rows

    assert row.is_open
    assert row.high == 100
    assert row.latest == "later than in fifty years"


def test_without_growth_nothing_has_a_date() -> None:
    found = line(None, None)

    assert not found.is_dated
    assert found.shown == ()
    assert {row.when for row in found.rows} == {"not in sight"}


def test_years_are_marked_at_their_first_day() -> None:
    ticks = line(number(12, 6, 18)).years

    assert [tick.label for tick in ticks] == ["2027", "2028"]
    assert 4 < ticks[0].place < 6


def test_labels_of_many_years_do_not_lie_on_each_other() -> None:
    ticks = line(number(130, 120, 140)).years

    assert len(ticks) > 10
    assert sum(bool(tick.label) for tick in ticks) <= 7
