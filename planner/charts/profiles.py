"""What is asked of a site: its hours as columns, its classes of requests side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.charts.scales import round_up
from topology.workload import Kind, RequestClass, kind_of

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HEIGHT = 100.0

HUE_OF_KIND: Mapping[Kind, int] = {"page": 2, "api": 3, "static": 8, "media": 5}
"""Which of the tier hues a kind of request wears: that of the tier which answers it, as far as there is one."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column, 0.8 wide: its place in a drawing of `HEIGHT` units, and what it stands for."""

    x: float
    y: float
    height: float
    label: str
    value: float
    peak: bool


@dataclass(frozen=True, kw_only=True)
class Columns:
    """A column chart; a column is one unit wide, and the drawing stretches to its place."""

    columns: tuple[Column, ...]
    top: float
    """The value at the upper edge."""
    labels: tuple[str, ...]
    """Along the lower edge, evenly apart."""
    weekly: bool

    @property
    def width(self) -> int:
        """Width of the drawing."""
        return len(self.columns)

    @property
    def peak(self) -> Column:
        """The first of the highest columns."""
        return next(column for column in self.columns if column.peak)


def hour_profile(hours: Sequence[float]) -> Columns:
    """Mean requests in each hour of the day (24 numbers) or of the week from Monday (168)."""
    weekly = len(hours) == 168
    highest = max(hours)
    top = round_up(highest)
    columns = tuple(
        Column(
            x=round(number + 0.1, 1),
            y=round(HEIGHT * (1 - value / top), 2),
            height=round(HEIGHT * value / top, 2),
            label=hour_name(number, weekly),
            value=value,
            peak=number == list(hours).index(highest),
        )
        for number, value in enumerate(hours)
    )
    labels = WEEKDAYS if weekly else ("0:00", "6:00", "12:00", "18:00")
    return Columns(columns=columns, top=top, labels=labels, weekly=weekly)


def hour_name(number: int, weekly: bool) -> str:
    """An hour of the day (0 to 23), or of the week from Monday (0 to 167), as its span."""
    hour = f"{number % 24}:00{'–'}{number % 24 + 1}:00"
    return f"{WEEKDAYS[number // 24]} {hour}" if weekly else hour


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A class of requests in the bar of shares."""

    name: str
    share: float
    x: float
    width: float
    hue: int
    item: RequestClass


@dataclass(frozen=True, kw_only=True)
class Shares:
    """The classes of requests side by side."""

    slices: tuple[Slice, ...]

    @property
    def is_sized(self) -> bool:
        """Whether the log tells sizes."""
        return any(part.item.bytes for part in self.slices)

    @property
    def is_timed(self) -> bool:
        """Whether the log tells response times."""
        return any(part.item.response_ms for part in self.slices)


def class_shares(classes: Mapping[str, RequestClass]) -> Shares:
    """The classes side by side on a track of 100 units, the largest first."""
    slices: list[Slice] = []
    at = 0.0
    for name, item in sorted(classes.items(), key=lambda pair: (-pair[1].share, pair[0])):
        width = round(100 * item.share, 2)
        hue = HUE_OF_KIND[kind_of(name, item)]
        slices.append(Slice(name=name, share=item.share, x=round(at, 2), width=width, hue=hue, item=item))
        at += width
    return Shares(slices=tuple(slices))
