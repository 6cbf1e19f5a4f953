"""Ranges of response times beside each other: what a simulation found, and what the formulas say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from planner.charts.scales import Plot, Scale, Tick
from planner.figures import duration, figure

Kind = Literal["simulated", "inputs", "formulas"]

WIDTHS = (620, 340)
LEFT, RIGHT, TOP, ROW, BOTTOM = 62, 16, 6, 46, 34
FIGURES: Mapping[str, str] = {"mean": "mean", "p50": "median", "p95": "95 %", "p99": "99 %"}
LANES: Mapping[Kind, int] = {"simulated": 12, "inputs": 22, "formulas": 34}
"""Height of each kind in a row."""
WIDE = 2.5
"""Ranges are followed to so many times the largest figure."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A figure with its range; all are places."""

    kind: Kind
    low: float
    value: float
    high: float
    y: float
    title: str
    is_cut: bool
    """The range goes on beyond the drawing."""


@dataclass(frozen=True, kw_only=True)
class RangeChart(Plot):
    """One drawing of every figure's ranges."""

    unit: str
    rows: tuple[tuple[str, float], ...]
    """Name and middle of each row."""
    spans: tuple[Span, ...]


def range_charts(found: Mapping[str, Any]) -> tuple[RangeChart, ...]:
    """The chart at each of `WIDTHS`, of the document of a simulation; none where it has no response times."""
    names = [name for name in FIGURES if found["latency_ms"].get(name)]
    return tuple(_chart(found, names, width) for width in WIDTHS) if names else ()


def range_rows(found: Mapping[str, Any]) -> list[tuple[str, list[dict[str, float] | None]]]:
    """The same as rows of a table: each figure as simulated, over the inputs, and by the formulas."""
    columns = (found["latency_ms"], found["over_inputs_ms"], found["formulas"]["latency_ms"])
    rows = [(label, [column.get(name) for column in columns]) for name, label in FIGURES.items()]
    return [(label, cells) for label, cells in rows if any(cells)]


def _chart(found: Mapping[str, Any], names: list[str], width: int) -> RangeChart:
    kinds: Mapping[Kind, Mapping[str, Any]] = {
        "simulated": found["latency_ms"],
        "inputs": found["over_inputs_ms"],
        "formulas": found["formulas"]["latency_ms"],
    }
    numbers = [(row, kind, by[name]) for row, name in enumerate(names) for kind, by in kinds.items() if by.get(name)]
    largest = max(number["value"] for _, _, number in numbers)
    most = min(max(number["high"] for _, _, number in numbers), WIDE * largest) * 1.04
    scale = Scale(most=most, start=LEFT, end=width - RIGHT)
    unit = 1000 if most >= 2000 else 1
    height = TOP + ROW * len(names) + BOTTOM
    return RangeChart(
        width=width, height=height, left=LEFT, right=width - RIGHT, top=TOP, bottom=height - BOTTOM,
        unit="s" if unit > 1 else "ms",
        x_ticks=tuple(Tick(place=scale.place(v), label=figure(v / unit)) for v in scale.ticks(6 if width > 400 else 3)),
        rows=tuple((FIGURES[name], TOP + ROW * row + 27.0) for row, name in enumerate(names)),
        spans=tuple(_span(scale, row, kind, number) for row, kind, number in numbers),
    )  # fmt: skip


def _span(scale: Scale, row: int, kind: Kind, number: Mapping[str, float]) -> Span:
    low, value, high = (number[end] for end in ("low", "value", "high"))
    return Span(
        kind=kind,
        low=scale.place(low),
        value=scale.place(value),
        high=scale.place(high),
        y=TOP + ROW * row + LANES[kind],
        title=f"{duration(value)} ({duration(low)} to {duration(high)})",
        is_cut=high > scale.most,
    )
