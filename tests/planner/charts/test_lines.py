"""The little charts of the lessons: lines by their names, labels that do not lie on each other, rows for a table."""

from __future__ import annotations

import itertools

from planner.charts.lines import NARROWEST, line_chart
from topology.capacity import LessonPoint


def points(label: str, *places: tuple[float, float]) -> list[LessonPoint]:
    return [LessonPoint(x=x, y=y, label=label) for x, y in places]


def test_without_points_there_is_no_chart() -> None:
    assert line_chart([]) is None


def test_each_label_is_a_line_inside_the_drawing() -> None:
    chart = line_chart([*points("now", (1, 10), (4, 40)), *points("then", (1, 5), (4, 0))])

    assert chart is not None
    assert [line.label for line in chart.lines] == ["now", "then"]
    for line in chart.lines:
        assert all(chart.left <= x <= chart.right and 0 <= y <= chart.bottom for x, y in line.dots)
        assert line.path.startswith("M")
    assert chart.lines[1].dots[1] == (chart.right, chart.bottom)


def test_rows_hold_every_x_and_a_gap_where_a_line_has_none() -> None:
    chart = line_chart([*points("now", (1, 10), (2, 20)), *points("then", (2, 5))])

    assert chart is not None
    assert chart.rows == ((1, (10, None)), (2, (20, 5)))


def test_a_wide_axis_gives_each_order_of_magnitude_the_same_room() -> None:
    chart = line_chart(points("slots", (0.01, 1), (1, 1), (100, 1)), is_wide=True)

    assert chart is not None
    first, middle, last = (x for x, _ in chart.lines[0].dots)
    assert middle - first == last - middle


def test_labels_of_the_axis_keep_their_distance() -> None:
    chart = line_chart(points("slots", *((1.0 + number / 100, 1.0) for number in range(50))), is_wide=True)

    assert chart is not None
    places = [tick.place for tick in chart.x_ticks]
    assert all(b - a >= NARROWEST for a, b in itertools.pairwise(places))


def test_a_single_point_or_a_flat_zero_is_drawn() -> None:
    for chart in (line_chart(points("one", (0, 0))), line_chart(points("one", (3, 0)), is_wide=True)):
        assert chart is not None
        assert len(chart.lines[0].dots) == 1
