"""The drawing of a response curve: everything in its place, nothing beyond the edges, no label on another."""

from __future__ import annotations

import itertools
import re

import pytest

from planner.charts import ResponseChart, response_charts
from planner.charts.responses import LETTER
from tests.topology.capacity.test_curves import mm1


def charts(**changes: float) -> tuple[ResponseChart, ...]:
    return response_charts(mm1(), **{"today": 40.0, **changes})


def places(path: str) -> list[tuple[float, float]]:
    numbers = [float(number) for number in re.findall(r"-?[0-9.]+", path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


@pytest.mark.parametrize("changes", [{}, {"today": 400.0}, {"later": 60.0}, {"later": 9e9}, {"promise_ms": 1e9}])
def test_nothing_is_drawn_beyond_the_edges(changes: dict[str, float]) -> None:
    for chart in charts(**changes):
        for x, y in places(chart.mean) + places(chart.p95) + places(chart.band):
            assert chart.left <= x <= chart.right
            assert chart.top - 3 * chart.up <= y <= chart.bottom  # what is above the plot is cut off
        assert all(chart.left <= mark.x <= chart.right for mark in chart.marks)


def test_there_is_one_for_wide_screens_and_one_for_narrow_ones() -> None:
    wide, narrow = charts()

    assert wide.width > narrow.width
    assert len(wide.x_ticks) >= len(narrow.x_ticks) > 1


def test_labels_do_not_lie_on_each_other() -> None:
    for chart in charts(today=98.0, later=99.0):
        spans = [
            (mark.label_y, mark.label_x if mark.anchor == "start" else mark.label_x - len(mark.label) * LETTER, mark)
            for mark in chart.marks
        ]
        for (row, begin, mark), (other_row, other, _) in itertools.combinations(sorted(spans, key=lambda s: s[:2]), 2):
            assert row != other_row or begin + len(mark.label) * LETTER < other


def test_today_lies_on_the_line_of_the_95th_percentile() -> None:
    for chart in charts(today=mm1().points[4].rate):
        assert (chart.today_x, chart.today) in [pytest.approx(place, abs=0.11) for place in places(chart.p95)]


def test_a_peak_beyond_the_capacity_has_a_mark_and_no_response() -> None:
    for chart in charts(today=130.0):
        [today] = [mark for mark in chart.marks if mark.kind == "today"]
        assert today.x > chart.beyond
        assert chart.today is None


def test_a_promise_is_a_height() -> None:
    assert all(
        chart.promise is not None and chart.top < chart.promise < chart.bottom for chart in charts(promise_ms=60)
    )
    assert all(chart.promise is None for chart in charts(promise_ms=1e9))


def test_long_responses_are_in_seconds() -> None:
    assert {chart.unit for chart in charts()} == {"ms"}
    assert {chart.unit for chart in charts(promise_ms=1000)} == {"s"}
