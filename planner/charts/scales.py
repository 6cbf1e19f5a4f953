"""Scales: from values to places in a drawing, with ticks at round numbers; every chart with axes is built on them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass


def round_up(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= value * (1 - 1e-9))


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A straight line from values (0 to `most`) to places (`start` to `end`); values beyond it stay at its ends."""

    most: float
    start: float
    end: float

    def place(self, value: float) -> float:
        """Where a value lies, to a tenth of a unit."""
        share = min(max(value / self.most, 0.0), 1.0)
        return round(self.start + share * (self.end - self.start), 1)

    def beyond(self, value: float) -> float:
        """Where a value lies, also outside the drawing."""
        return round(self.start + value / self.most * (self.end - self.start), 1)

    def ticks(self, about: int = 5) -> tuple[float, ...]:
        """Round values from 0 to the end, some `about` of them."""
        step = round_up(self.most / about)
        return tuple(step * number for number in range(math.floor(self.most / step * (1 + 1e-9)) + 1))


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A labelled place on an axis."""

    place: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Plot:
    """What every drawing with axes has: its size, the edges of its plot, and the labels of its axes."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...] = ()


def path_of(places: Iterable[tuple[float, float]], *, close: bool = False) -> str:
    """SVG path data through places, straight from one to the next."""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in places) + ("Z" if close else "")


def smooth_path_of(places: list[tuple[float, float]]) -> str:
    """SVG path data through places whose x rise: cubics that never overshoot (Fritsch and Carlson 1980)."""
    if len(places) < 3:
        return path_of(places)
    slopes = _slopes(places)
    parts = [f"M{places[0][0]:g} {places[0][1]:g}"]
    for (x0, y0), (x1, y1), m0, m1 in zip(places, places[1:], slopes, slopes[1:], strict=False):
        third = (x1 - x0) / 3
        ends = (x0 + third, y0 + m0 * third, x1 - third, y1 - m1 * third, x1, y1)
        parts.append("C" + " ".join(f"{value:.1f}" for value in ends))
    return "".join(parts)


def _slopes(places: list[tuple[float, float]]) -> list[float]:
    """At each place the harmonic mean of the slopes beside it, 0 at a turn: the curve then stays between them."""
    sides = [(y1 - y0) / (x1 - x0) if x1 > x0 else 0.0 for (x0, y0), (x1, y1) in itertools.pairwise(places)]
    inner = [2 * a * b / (a + b) if a * b > 0 else 0.0 for a, b in itertools.pairwise(sides)]
    return [sides[0], *inner, sides[-1]]
