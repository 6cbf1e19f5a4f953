"""The response curve: mean and 95th percentile against load, with the knee, the capacity, the promise and today."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from planner.charts.scales import Plot, Scale, Tick, path_of, round_up, smooth_path_of
from planner.figures import figure
from topology.capacity import Curve, CurvePoint, Number

WIDTHS = (680, 340)
"""A drawing for wide screens and one for narrow ones; letters then have the same size on both."""
HEIGHT, LEFT, RIGHT, BOTTOM = 300, 46, 8, 34
FAR = 4
"""Heights of the drawing above which a line is not followed."""
ROW = 14
"""Height of a row of labels above the plot."""
LETTER = 5.9
"""Width of a letter, for labels that must not lie on each other."""

Kind = Literal["today", "later", "knee", "capacity"]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A vertical line with its label above the plot."""

    kind: Kind
    rate: float
    x: float
    label: str
    label_x: float
    label_y: float
    anchor: Literal["start", "end"]


@dataclass(frozen=True, kw_only=True)
class ResponseChart(Plot):
    """One drawing of the curve: everything is a place in it."""

    unit: str
    """Of the response times: ms or s."""
    mean: str
    p95: str
    band: str
    """Outline of the range of the 95th percentile."""
    marks: tuple[Mark, ...]
    promise: float | None
    """Height of the promised 95th percentile; None where none is promised or it is above the drawing."""
    beyond: float
    """Where the capacity lies; nothing can be answered to the right of it."""
    today_x: float
    today: float | None
    """Height of today's 95th percentile on its mark; None where it is above the drawing, or has no end."""

    @property
    def across(self) -> float:
        """Width of the plot, which cuts off what lies outside it."""
        return self.right - self.left

    @property
    def up(self) -> float:
        """Height of the plot."""
        return self.bottom - self.top


def response_charts(
    curve: Curve, *, today: float, later: float | None = None, promise_ms: float | None = None
) -> tuple[ResponseChart, ...]:
    """The curve at each of `WIDTHS`; `today` and `later` are rates of the peak, now and in a year."""
    return tuple(_chart(curve, width, today, later, promise_ms) for width in WIDTHS)


def _chart(curve: Curve, width: int, today: float, later: float | None, promise_ms: float | None) -> ResponseChart:
    far = max([curve.capacity.value, today, *([later] if later and later < 3 * curve.capacity.value else [])])
    across = Scale(most=far * 1.06, start=LEFT, end=width - RIGHT)
    marks, rows = _marks(curve, across, today, later)
    top = ROW * rows + 8.0
    up = Scale(most=_highest(curve, promise_ms), start=HEIGHT - BOTTOM, end=top)
    unit_ms = 1000 if up.most >= 1000 else 1
    return ResponseChart(
        width=width, height=HEIGHT, left=LEFT, right=width - RIGHT, top=top, bottom=HEIGHT - BOTTOM,
        x_ticks=tuple(Tick(place=across.place(v), label=figure(v)) for v in across.ticks(6 if width > 400 else 3)),
        y_ticks=tuple(Tick(place=up.place(v), label=figure(v / unit_ms)) for v in up.ticks(4)),
        unit="s" if unit_ms > 1 else "ms",
        mean=_line(curve.points, across, up, "mean"),
        p95=_line(curve.points, across, up, "p95"),
        band=_band(curve.points, across, up),
        marks=marks,
        promise=up.place(promise_ms) if promise_ms is not None and promise_ms <= up.most else None,
        beyond=across.place(curve.capacity.value),
        today_x=across.place(today),
        today=_height_at(curve.points, today, up),
    )  # fmt: skip


def _highest(curve: Curve, promise_ms: float | None) -> float:
    """Twice the 95th percentile at four fifths of the capacity, and the promise with room above it."""
    bend = next((p for p in curve.points if p.rate >= 0.79 * curve.capacity.value), curve.points[-1])
    first = curve.points[0].p95.value
    most = max(bend.p95.value * 2, first * 2.5)
    if promise_ms is not None and promise_ms < most * 4:
        most = max(most, promise_ms * 1.15)
    return round_up(most / 4) * 4 if most > 0 else 1.0


def _number(point: CurvePoint, which: str) -> Number:
    return point.p95 if which == "p95" else point.mean


def _line(points: Sequence[CurvePoint], across: Scale, up: Scale, which: str) -> str:
    """The line, also above the upper edge, where the drawing ends it."""
    return smooth_path_of(_places([(point.rate, _number(point, which).value) for point in points], across, up))


def _places(values: Iterable[tuple[float, float]], across: Scale, up: Scale) -> list[tuple[float, float]]:
    """Places of rates and heights; what is far above the drawing stays not so far above it."""
    return [(across.place(rate), up.beyond(min(height, FAR * up.most))) for rate, height in values]


def _band(points: Sequence[CurvePoint], across: Scale, up: Scale) -> str:
    above = _places([(point.rate, point.p95.high) for point in points], across, up)
    below = _places([(point.rate, point.p95.low) for point in points], across, up)
    return path_of([*above, *reversed(below)], close=True)


def _marks(curve: Curve, across: Scale, today: float, later: float | None) -> tuple[tuple[Mark, ...], int]:
    """The vertical lines, and how many rows their labels need."""
    wanted: list[tuple[Kind, float, str]] = [
        ("knee", curve.knee, f"knee {figure(curve.knee)}"),
        ("today", today, f"peak {figure(today)}"),
        ("capacity", curve.capacity.value, f"capacity {figure(curve.capacity.value)}"),
    ]
    if later is not None and later <= across.most:
        wanted.append(("later", later, f"in a year {figure(later)}"))
    ends: list[float] = []
    """How far right each row of labels is taken."""
    marks = []
    for kind, rate, label in sorted(wanted, key=lambda item: item[1]):
        x, length = across.place(rate), len(label) * LETTER
        anchor: Literal["start", "end"] = "start" if x + length < across.end else "end"
        begin = x if anchor == "start" else x - length
        row = next((n for n, end in enumerate(ends) if end + 8 < begin), len(ends))
        ends[row : row + 1] = [begin + length]
        marks.append(Mark(kind=kind, rate=rate, x=x, label=label, label_x=x, label_y=ROW * (row + 0.8), anchor=anchor))
    return tuple(marks), len(ends)


def _height_at(points: Iterable[CurvePoint], rate: float, up: Scale) -> float | None:
    pairs = [(point.rate, point.p95.value) for point in points]
    for (r0, v0), (r1, v1) in itertools.pairwise(pairs):
        if r0 <= rate <= r1:
            value = v0 + (v1 - v0) * (rate - r0) / (r1 - r0)
            return up.place(value) if value <= up.most else None
    return None
