"""A few lines over one axis: the little chart of a lesson, with the rows of its table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from planner.charts.scales import Plot, Scale, Tick, path_of
from planner.figures import figure
from topology.capacity import LessonPoint

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 320, 170, 44, 12, 10, 34
NARROWEST = 30
"""Units between two labels of the x axis, so that they do not lie on each other."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line, its name and its dots."""

    label: str
    path: str
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class LineChart(Plot):
    """The drawing: everything is a place in it; and the same as rows, x first, then y of each line."""

    lines: tuple[Line, ...]
    rows: tuple[tuple[float, tuple[float | None, ...]], ...]


def line_chart(points: Sequence[LessonPoint], *, is_wide: bool = False) -> LineChart | None:
    """The chart of some points, lines by their labels; None without points. `is_wide`: x on a logarithmic scale."""
    if not points:
        return None
    labels = tuple(dict.fromkeys(point.label for point in points))
    across = _Across(sorted({point.x for point in points}), is_wide=is_wide)
    most = max(point.y for point in points)
    up = Scale(most=most * 1.05 if most > 0 else 1.0, start=HEIGHT - BOTTOM, end=TOP)
    return LineChart(
        width=WIDTH, height=HEIGHT, left=LEFT, right=WIDTH - RIGHT, top=TOP, bottom=HEIGHT - BOTTOM,
        lines=tuple(_line(label, points, across, up) for label in labels),
        x_ticks=across.ticks(),
        y_ticks=tuple(Tick(place=up.place(value), label=figure(value)) for value in up.ticks(4)),
        rows=_rows(points, labels),
    )  # fmt: skip


class _Across:
    """The x axis: from 0 straight, or from the least value by its logarithm."""

    def __init__(self, values: Sequence[float], *, is_wide: bool) -> None:
        self._values = values
        self._least = values[0] if is_wide and values[0] > 0 else None
        most = values[-1] if self._least is None else math.log(values[-1] / self._least)
        self._scale = Scale(most=most if most > 0 else 1.0, start=LEFT, end=WIDTH - RIGHT)

    def place(self, value: float) -> float:
        return self._scale.place(value if self._least is None else math.log(value / self._least))

    def ticks(self) -> tuple[Tick, ...]:
        values = self._scale.ticks(5) if self._least is None else self._values
        found: list[Tick] = []
        for value in values:
            place = self.place(value)
            if not found or place - found[-1].place >= NARROWEST:
                found.append(Tick(place=place, label=figure(value)))
        return tuple(found)


def _line(label: str, points: Sequence[LessonPoint], across: _Across, up: Scale) -> Line:
    dots = tuple((across.place(point.x), up.place(point.y)) for point in points if point.label == label)
    return Line(label=label, path=path_of(dots), dots=dots)


def _rows(points: Sequence[LessonPoint], labels: Sequence[str]) -> tuple[tuple[float, tuple[float | None, ...]], ...]:
    table = {(point.x, point.label): point.y for point in points}
    return tuple((x, tuple(table.get((x, label)) for label in labels)) for x in sorted({point.x for point in points}))
