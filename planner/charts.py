"""The geometry of the charts that the server draws as SVG; each has a table as its twin."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from topology.capacity import Number
from topology.design import Design
from topology.value import Estimate
from topology.workload import Kind, RequestClass, kind_of

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HEIGHT = 100.0

HUE_OF_KIND: Mapping[Kind, int] = {"page": 2, "api": 3, "static": 8, "media": 5}
"""Which of the tier hues a kind of request wears: that of the tier which answers it, as far as there is one."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A share in use, on a track 100 units wide."""

    used: float
    low: float
    high: float
    limit: float | None
    state: str
    """fine, tight or over."""

    @property
    def spread(self) -> float:
        """Width of the range."""
        return round(self.high - self.low, 2)


def bar(used: Number | Estimate | float, *, limit: float | None = None) -> Bar:
    """The bar of a share from 0 to 1; what is above 1 fills the track and is said to be over."""
    value, low, high = _three(used)
    state = "over" if value > 1 else "tight" if limit is not None and value > limit else "fine"
    return Bar(
        used=_on_track(value),
        low=_on_track(low),
        high=_on_track(high),
        limit=None if limit is None else _on_track(limit),
        state=state,
    )


def promised_share(design: Design) -> float | None:
    """The share in use at the peak that the plan's promise of headroom allows; None where it promises none."""
    kept = design.promise.headroom if design.promise else None
    return None if kept is None else 1 - kept


def _three(amount: Number | Estimate | float) -> tuple[float, float, float]:
    if isinstance(amount, Number):
        return amount.value, amount.low, amount.high
    if isinstance(amount, Estimate):
        return amount.mid, amount.low, amount.high
    return amount, amount, amount


def _on_track(share: float) -> float:
    return round(100 * min(max(share, 0.0), 1.0), 2)


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
    top = _round_up(highest)
    columns = tuple(
        Column(
            x=round(number + 0.1, 1),
            y=round(HEIGHT * (1 - value / top), 2),
            height=round(HEIGHT * value / top, 2),
            label=_hour_name(number, weekly),
            value=value,
            peak=number == list(hours).index(highest),
        )
        for number, value in enumerate(hours)
    )
    labels = WEEKDAYS if weekly else ("0:00", "6:00", "12:00", "18:00")
    return Columns(columns=columns, top=top, labels=labels, weekly=weekly)


def _hour_name(number: int, weekly: bool) -> str:
    hour = f"{number % 24}:00{'–'}{number % 24 + 1}:00"
    return f"{WEEKDAYS[number // 24]} {hour}" if weekly else hour


def _round_up(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= value * (1 - 1e-9))


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
