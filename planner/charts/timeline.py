"""The time line of limits: when each is met as traffic grows, with its interval, on an axis of years."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from planner.charts.scales import Scale
from topology.capacity import LimitDate, Number, date_after

MONTHS_A_YEAR = 12
NEAREST = 4
"""The axis reaches over so many of the limits that are met first, or further."""
SHORTEST, LONGEST = 2, 12
"""Years that the axis shows at least and at most."""
LATEST = 600.0
"""Months that stand for fifty years or later."""
MOST_LABELS = 7
WORDS: Mapping[str, str] = {
    "cpu": "CPU of {}", "disk": "Disk of {}", "network": "Network card of {}", "workers": "Workers of {}",
    "connections": "Connections of {}", "memory": "Memory of {}", "headroom": "Promised headroom",
    "p95": "Promised p95",
}  # fmt: skip
"""A limit in words, its tier in the place."""


@dataclass(frozen=True, kw_only=True)
class LimitRow:
    """One limit; places are percents of the axis."""

    label: str
    hue: int
    limit: LimitDate
    place: float | None
    """None where it is met beyond the axis, or not in sight."""
    low: float | None
    high: float
    is_open: bool
    """Whether its interval reaches beyond the axis."""
    when: str
    """The month in which it is expected, `now`, or that it is not in sight."""
    earliest: str
    latest: str
    is_first: bool

    @property
    def width(self) -> float:
        """Of the interval."""
        return 0.0 if self.low is None else round(self.high - self.low, 2)


@dataclass(frozen=True, kw_only=True)
class YearTick:
    """The first day of a year on the axis."""

    place: float
    label: str
    """Empty where labels would lie on each other."""


@dataclass(frozen=True, kw_only=True)
class TimeLine:
    """Limits in the order in which they are met."""

    rows: tuple[LimitRow, ...]
    years: tuple[YearTick, ...]
    today: str
    until: str

    @property
    def shown(self) -> tuple[LimitRow, ...]:
        """Those that may be met on the axis."""
        return tuple(row for row in self.rows if row.low is not None)

    @property
    def later(self) -> int:
        """How many lie beyond it."""
        return len(self.rows) - len(self.shown)

    @property
    def is_dated(self) -> bool:
        """Whether anything has a date."""
        return any(row.limit.months is not None for row in self.rows)


def time_line(limits: Sequence[LimitDate], hues: Mapping[str, int], *, today: date) -> TimeLine:
    """The limits, which come in the order in which they are met, seen from a day."""
    length = _length([limit.months for limit in limits if limit.months is not None])
    across = Scale(most=length, start=0.0, end=100.0)
    return TimeLine(
        rows=tuple(_row(limit, hues, across, today, number == 0) for number, limit in enumerate(limits)),
        years=_years(today, across),
        today=month_name(today),
        until=month_name(date_after(length, today)),
    )


def month_name(day: date) -> str:
    """A month as a person writes it: Mar 2031."""
    return f"{day:%b} {day.year}"


def _length(months: Sequence[Number]) -> float:
    """Months on the axis: the nearest limits with their intervals, in whole years."""
    ends = [min(month.high, 2 * month.value) for month in months[:NEAREST] if month.value < LATEST]
    years = math.ceil(1.05 * max(ends, default=0.0) / MONTHS_A_YEAR)
    return float(MONTHS_A_YEAR * min(max(years, SHORTEST), LONGEST))


def _row(limit: LimitDate, hues: Mapping[str, int], across: Scale, today: date, is_first: bool) -> LimitRow:
    months = limit.months
    is_seen = months is not None and months.low <= across.most
    is_marked = months is not None and months.value <= across.most
    return LimitRow(
        label=WORDS[limit.limit].format(limit.tier),
        hue=hues.get(limit.tier, 8),
        limit=limit,
        place=across.place(months.value) if months is not None and is_marked else None,
        low=across.place(months.low) if months is not None and is_seen else None,
        high=100.0 if months is None else across.place(months.high),
        is_open=months is not None and months.high > across.most,
        when="not in sight" if months is None else _when(months.value, today),
        earliest="" if months is None else _when(months.low, today),
        latest="" if months is None else _when(months.high, today),
        is_first=is_first,
    )


def _when(months: float, today: date) -> str:
    if months >= LATEST:
        return "later than in fifty years"
    return "now" if months <= 0 else month_name(date_after(months, today))


def _years(today: date, across: Scale) -> tuple[YearTick, ...]:
    last = date_after(across.most, today).year
    found = []
    step = math.ceil((last - today.year) / MOST_LABELS)
    for year in range(today.year + 1, last + 1):
        months = (date(year, 1, 1) - today).days / 365.2425 * MONTHS_A_YEAR
        label = str(year) if (year - today.year - 1) % step == 0 and months < 0.96 * across.most else ""
        found.append(YearTick(place=across.place(months), label=label))
    return tuple(found)
