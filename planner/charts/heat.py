"""The week's heat strip: how full the site is in each hour, a row a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from planner.charts.profiles import WEEKDAYS, hour_name

STEPS = 8
"""Shades up to the capacity; one more is for what is above it."""


@dataclass(frozen=True, kw_only=True)
class HeatCell:
    """One hour: its column, its shade from 0 (idle) to `STEPS` (over the capacity), and what it says."""

    x: int
    shade: int
    label: str
    share: float
    """Share in use of what is fullest, above 1 where more is asked than there is."""

    @property
    def is_over(self) -> bool:
        """Whether more is asked than the site carries."""
        return self.share > 1


@dataclass(frozen=True, kw_only=True)
class HeatRun:
    """Hours in a row of one shade: where they begin and how many they are."""

    x: int
    width: int
    shade: int


@dataclass(frozen=True, kw_only=True)
class HeatRow:
    """A day."""

    name: str
    runs: tuple[HeatRun, ...]


@dataclass(frozen=True, kw_only=True)
class Heat:
    """A day or a week of hours; a cell is one unit wide and high."""

    rows: tuple[HeatRow, ...]
    hours: tuple[tuple[str, tuple[HeatCell, ...]], ...]
    """For the table: each hour of the day with its cell on every day."""
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


def heat_of(shares: Sequence[float]) -> Heat:
    """The strip of the shares in use in each hour of a day (24) or of a week from Monday (168)."""
    weekly = len(shares) == 168
    cells = [
        HeatCell(
            x=number % 24,
            shade=_shade(share),
            label=hour_name(number, weekly),
            share=share,
        )
        for number, share in enumerate(shares)
    ]
    days = [cells[at : at + 24] for at in range(0, len(cells), 24)]
    rows = (HeatRow(name=WEEKDAYS[n] if weekly else "Day", runs=_runs(day)) for n, day in enumerate(days))
    return Heat(
        rows=tuple(rows),
        hours=tuple((f"{hour}:00", tuple(day[hour] for day in days)) for hour in range(24)),
        busiest=max(cells, key=lambda cell: cell.share),
        over=sum(cell.is_over for cell in cells),
    )


def _runs(cells: Sequence[HeatCell]) -> tuple[HeatRun, ...]:
    found: list[HeatRun] = []
    for shade, group in groupby(cells, key=lambda cell: cell.shade):
        run = list(group)
        found.append(HeatRun(x=run[0].x, width=len(run), shade=shade))
    return tuple(found)


def _shade(share: float) -> int:
    return STEPS if share > 1 else min(int(share * STEPS), STEPS - 1)
