"""A while replayed: the 95th percentile and the requests that wait, stretch by stretch, with the change marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from planner.charts.scales import Plot, Scale, Tick, path_of, round_up
from planner.figures import figure

WIDTHS = (560, 320)
"""A drawing for wide screens and one for narrow ones; letters then have the same size on both."""
LEFT, RIGHT, TOP = 44, 8, 18
MIDDLE, BELOW, BOTTOM = 160, 184, 224
"""Lower edge of the response times, and the edges of the requests that wait."""
HEIGHT = 258


@dataclass(frozen=True, kw_only=True)
class ReplayChart(Plot):
    """One drawing: everything is a place in it."""

    unit: str
    """Of the response times: ms or s; the other axis is in seconds from the change."""
    line: str
    band: str
    waits: str
    """Outline of the requests that wait."""
    most_waiting: float
    begin: float
    """Where the change begins, and where it is over."""
    end: float
    middle: float = MIDDLE
    below: float = BELOW

    @property
    def across(self) -> float:
        """How long the change takes, as a width."""
        return round(self.end - self.begin, 1)


def replay_charts(answer: Mapping[str, Any]) -> tuple[ReplayChart, ...]:
    """The document of an episode at each of `WIDTHS`."""
    return tuple(_chart(answer, width) for width in WIDTHS)


def _chart(answer: Mapping[str, Any], width: int) -> ReplayChart:
    windows: Sequence[Mapping[str, Any]] = answer["windows"]
    starts, seconds, ends = answer["starts"], answer["seconds"], windows[-1]["end"]
    across = Scale(most=ends, start=LEFT, end=width - RIGHT)
    slowest = max((window["p95_ms"]["value"] for window in windows if window["p95_ms"]), default=1.0)
    up = Scale(most=slowest * 1.1, start=MIDDLE, end=TOP)
    unit_ms = 1000 if up.most >= 1000 else 1
    most = max(max(window["waiting"]["value"] for window in windows), 1.0)
    waiting = Scale(most=most, start=BOTTOM, end=BELOW)
    step = round_up((ends - starts) / (5 if width > 400 else 3))
    return ReplayChart(
        width=width, height=HEIGHT, left=LEFT, right=width - RIGHT, top=TOP, bottom=BOTTOM,
        x_ticks=tuple(
            Tick(place=across.place(starts + number * step), label=figure(number * step))
            for number in range(int((ends - starts) / step) + 1)
        ),
        y_ticks=tuple(Tick(place=up.place(value), label=figure(value / unit_ms)) for value in up.ticks(4)),
        unit="s" if unit_ms > 1 else "ms",
        line="".join(path_of(_places(run, across, up, "value")) for run in _known(windows)),
        band="".join(
            path_of([*_places(run, across, up, "high"), *reversed(_places(run, across, up, "low"))], close=True)
            for run in _known(windows)
        ),
        waits=path_of(
            [(across.place(0), BOTTOM), *_steps(windows, across, waiting), (across.place(ends), BOTTOM)], close=True
        ),
        most_waiting=most,
        begin=across.place(starts),
        end=across.place(starts + seconds),
    )  # fmt: skip


def _known(windows: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """Stretches in a row in which somebody was answered."""
    for is_known, run in groupby(windows, key=lambda window: window["p95_ms"] is not None):
        if is_known:
            yield list(run)


def _places(run: Sequence[Mapping[str, Any]], across: Scale, up: Scale, end: str) -> list[tuple[float, float]]:
    return [(across.place((w["start"] + w["end"]) / 2), up.place(w["p95_ms"][end])) for w in run]


def _steps(windows: Sequence[Mapping[str, Any]], across: Scale, up: Scale) -> Iterator[tuple[float, float]]:
    for window in windows:
        height = up.place(window["waiting"]["value"])
        yield across.place(window["start"]), height
        yield across.place(window["end"]), height
