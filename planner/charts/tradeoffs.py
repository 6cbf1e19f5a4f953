"""What money buys: cost a month against response time, and against time down; the front, the crowd, the promise."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from planner.charts.responses import LETTER
from planner.charts.scales import Plot, Scale, Tick, round_up
from planner.figures import count, duration, figure
from topology.hardware import HOURS_A_MONTH

WIDTHS = (560, 340)
"""A drawing for half a wide page and one for narrow screens; letters then have the same size on both."""
HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 300, 50, 14, 22, 36
ROOM = 1.06
HOURS_A_YEAR = 12 * HOURS_A_MONTH

Rank = Literal["winner", "front", "now", "loser"]
ORDER: tuple[Rank, ...] = ("loser", "front", "now", "winner")
"""What is drawn later lies above."""


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A design in the picture; None for what it has not."""

    rank: Rank
    label: str
    """A sign of a letter or two."""
    says: str
    """What it is, without its figures."""
    anchor: str
    """Id of its row in the table."""
    cost: float | None
    p95_ms: float | None
    availability: float | None


@dataclass(frozen=True, kw_only=True)
class Point:
    """A spot at its place."""

    spot: Spot
    x: float
    y: float
    title: str
    is_right: bool
    """Its label stands to the left, where there is room."""


@dataclass(frozen=True, kw_only=True)
class TradeOff(Plot):
    """One drawing: everything is a place in it."""

    points: tuple[Point, ...]
    crowd: str
    """Path data of dots that hold the promise."""
    lacking: str
    """The same of those that do not."""
    front: str
    """Path data of the steps through the front."""
    promise: float | None
    """Height of what is promised; None where it lies outside."""
    budget: float | None
    outside: int
    """Designs that lie beyond the edges, or have no place."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """What is drawn upwards, the less the better."""

    of: Callable[[Spot], float | None]
    at: int
    """Its place in a dot of the crowd."""
    words: Callable[[float], str]


def _down(availability: float | None) -> float | None:
    """Hours a year."""
    return None if availability is None else (1 - availability) * HOURS_A_YEAR


RESPONSE = Side(of=lambda spot: spot.p95_ms, at=1, words=duration)
DOWN = Side(of=lambda spot: _down(spot.availability), at=2, words=lambda hours: f"{figure(hours)} h a year down")


def trade_offs(
    spots: Sequence[Spot],
    crowd: Iterable[tuple[float, float, float, bool]],
    side: Side,
    *,
    promised: float | None,
    budget: float | None,
) -> tuple[TradeOff, ...]:
    """The picture at each of `WIDTHS`; a dot of the crowd is (cost, p95 in ms, availability, holds).

    Without a promise there must be a spot that has both figures.
    """
    dots = [(cost, p95 if side.at == 1 else _down(up) or 0.0, holds) for cost, p95, up, holds in crowd]
    return tuple(_chart(spots, dots, side, width, promised, budget) for width in WIDTHS)


def _chart(
    spots: Sequence[Spot],
    dots: Sequence[tuple[float, float, bool]],
    side: Side,
    width: int,
    promised: float | None,
    budget: float | None,
) -> TradeOff:
    across = Scale(most=_dearest(spots) * ROOM, start=LEFT, end=width - RIGHT)
    up = _Logs.over([*([] if promised is None else [promised]), *_heights(spots, side)])
    points, outside = _points(spots, side, across, up)
    inside = [dot for dot in dots if dot[0] <= across.most and up.holds(dot[1])]
    front = sorted((p for p in points if p.spot.rank in ("winner", "front")), key=lambda p: (p.x, p.y))
    return TradeOff(
        width=width, height=HEIGHT, left=LEFT, right=width - RIGHT, top=TOP, bottom=HEIGHT - BOTTOM,
        x_ticks=tuple(Tick(place=across.place(v), label=count(v)) for v in across.ticks(5 if width > 400 else 3)),
        y_ticks=tuple(Tick(place=up.place(v), label=figure(v)) for v in up.ticks),
        points=tuple(points),
        crowd=_dots((cost, height) for cost, height, holds in inside if holds)(across, up),
        lacking=_dots((cost, height) for cost, height, holds in inside if not holds)(across, up),
        front=_steps(front),
        promise=up.place(promised) if promised is not None and up.holds(promised) else None,
        budget=across.place(budget) if budget is not None and budget <= across.most else None,
        outside=outside,
    )  # fmt: skip


def _dearest(spots: Sequence[Spot]) -> float:
    """Right end: the front and the plan as it stands, with room for losers that cost some times as much."""
    held = [spot.cost for spot in spots if spot.cost is not None and spot.rank != "loser"]
    every = [spot.cost for spot in spots if spot.cost is not None]
    near = 2.2 * max(held) if any(spot.rank == "winner" for spot in spots) else max(every, default=1.0)
    return max([*held, *(cost for cost in every if cost <= near)], default=1.0) or 1.0


def _heights(spots: Sequence[Spot], side: Side) -> list[float]:
    """What must be inside: all but losers; and losers that are not far off."""
    found = [(spot.rank, height) for spot in spots if (height := side.of(spot)) is not None and height > 0]
    held = [height for rank, height in found if rank != "loser"] or [height for _, height in found]
    return held + [height for rank, height in found if rank == "loser" and held and height <= 10 * max(held)]


@dataclass(frozen=True, kw_only=True)
class _Logs:
    """A logarithmic scale up the drawing, from a round figure to a round figure."""

    least: float
    most: float

    @classmethod
    def over(cls, values: Sequence[float]) -> _Logs:
        low, high = min(values), max(values)
        least = round_up(low / 1.1)
        least = least if least <= low else least / 2.5
        return cls(least=min(least, low / 1.05), most=max(high * 1.3, least * 4))

    def place(self, value: float) -> float:
        share = math.log(value / self.least) / math.log(self.most / self.least)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP), 1)

    def holds(self, value: float) -> bool:
        return self.least <= value <= self.most

    @property
    def ticks(self) -> tuple[float, ...]:
        """1, 2 and 5 times powers of ten."""
        powers = range(math.floor(math.log10(self.least)), math.ceil(math.log10(self.most)) + 1)
        every = [step * 10.0**power for power in powers for step in (1, 2, 5)]
        return tuple(float(f"{value:.6g}") for value in every if self.holds(value))


def _points(spots: Sequence[Spot], side: Side, across: Scale, up: _Logs) -> tuple[list[Point], int]:
    found = []
    for spot in sorted(spots, key=lambda spot: ORDER.index(spot.rank)):
        height = side.of(spot)
        if spot.cost is None or height is None or spot.cost > across.most or not up.holds(height):
            continue
        title = f"{spot.says}: {count(spot.cost)} a month, {side.words(height)}"
        x = across.place(spot.cost)
        is_right = x + 12 + LETTER * len(spot.label) > across.end
        found.append(Point(spot=spot, x=x, y=up.place(height), title=title, is_right=is_right))
    return found, len(spots) - len(found)


def _dots(places: Iterable[tuple[float, float]]) -> Callable[[Scale, _Logs], str]:
    """Lines without length, whose round ends are dots: one path, however many there are."""

    def path(across: Scale, up: _Logs) -> str:
        seen = dict.fromkeys((across.place(cost), up.place(height)) for cost, height in places)
        return "".join(f"M{x:g} {y:g}h0" for x, y in seen)

    return path


def _steps(points: Sequence[Point]) -> str:
    """From the cheapest on, along the price first: between two of the front the better of both is not to be had."""
    best: list[Point] = []
    for point in points:
        if not best or point.y > best[-1].y:
            best.append(point)
    if not best:
        return ""
    return f"M{best[0].x:g} {best[0].y:g}" + "".join(f"H{point.x:g}V{point.y:g}" for point in best[1:])
