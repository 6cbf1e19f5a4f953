"""The geometry of the server's charts is that of their numbers."""

from __future__ import annotations

import pytest

from planner.charts import bar, class_shares, hour_profile
from topology.capacity import Number
from topology.workload import RequestClass


def test_a_bar_keeps_to_its_track() -> None:
    found = bar(Number(value=1.4, low=0.9, high=2.0, kind="approximate", unit="share"))

    assert (found.used, found.low, found.high, found.spread) == (100, 90, 100, 10)
    assert found.state == "over"


@pytest.mark.parametrize(("used", "limit", "state"), [(0.6, None, "fine"), (0.6, 0.5, "tight"), (0.5, 0.5, "fine")])
def test_a_bar_is_tight_above_what_is_promised(used: float, limit: float | None, state: str) -> None:
    assert bar(used, limit=limit).state == state


def test_columns_are_as_high_as_their_hours() -> None:
    chart = hour_profile([0, 10, 20, *[5] * 21])

    assert chart.top == 20
    assert [(column.y, column.height) for column in chart.columns[:3]] == [(100, 0), (50, 50), (0, 100)]
    assert chart.peak.label == "2:00–3:00"
    assert [column.peak for column in chart.columns].count(True) == 1


def test_a_week_has_its_days() -> None:
    chart = hour_profile([1.0] * 100 + [2.0] + [1.0] * 67)

    assert (chart.weekly, chart.width, chart.labels[0]) == (True, 168, "Mon")
    assert chart.peak.label == "Fri 4:00–5:00"


def test_a_quiet_day_still_has_a_scale() -> None:
    assert hour_profile([0.0] * 24).top == 1


def test_classes_lie_side_by_side_the_largest_first() -> None:
    shares = class_shares({"page": RequestClass(share=0.25), "media": RequestClass(share=0.75)})

    found = shares.slices
    assert [(item.name, item.x, item.width) for item in found] == [("media", 0, 75), ("page", 75, 25)]
    assert found[0].hue != found[1].hue
