"""The week's heat strip: how full the site is in each hour, a row a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.charts.profiles import WEEKDAYS, hour_name

STEPS = 8
"""Shades up to the capacity; one more is for what is above it."""


@dataclass(frozen=True, kw_only=True)
class HeatCell:
    """One hour: its column, its shade from 0 (idle) to `STEPS` (over the capacity), and what it says."""

    x: int
    shade: int
    label: str
    rate: float
    """Requests per second."""
    share: float
    """Share of the capacity."""

    @property
    def is_over(self) -> bool:
        """Whether more is asked than the site carries."""
        return self.share > 1


@dataclass(frozen=True, kw_only=True)
class Heat:
    """A day or a week of hours; a cell is one unit wide and high."""

    rows: tuple[tuple[str, tuple[HeatCell, ...]], ...]
    """By row: its name and its 24 cells."""
    busiest: HeatCell
    over: int
    """Hours in which more is asked than the site carries."""

    @property
    def weekly(self) -> bool:
        """Whether there is a row for each day of the week."""
        return len(self.rows) > 1

    @property
    def shades(self) -> range:
        """Every shade up to the capacity, for the legend."""
        return range(STEPS)

    @property
    def steps(self) -> int:
        """How many they are."""
        return STEPS


def heat_of(rates: Sequence[float], capacity: float) -> Heat:
    """The strip of the rates in each hour of a day (24) or of a week from Monday (168) of a site of some capacity."""
    weekly = len(rates) == 168
    cells = [
        HeatCell(
            x=number % 24,
            shade=_shade(rate / capacity),
            label=hour_name(number, weekly),
            rate=rate,
            share=rate / capacity,
        )
        for number, rate in enumerate(rates)
    ]
    days = [cells[at : at + 24] for at in range(0, len(cells), 24)]
    rows = tuple((WEEKDAYS[n] if weekly else "Day", tuple(day)) for n, day in enumerate(days))
    busiest = max(cells, key=lambda cell: cell.share)
    return Heat(rows=rows, busiest=busiest, over=sum(cell.is_over for cell in cells))


def _shade(share: float) -> int:
    return STEPS if share > 1 else min(int(share * STEPS), STEPS - 1)
