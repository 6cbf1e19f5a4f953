"""Who arrived when: requests by second and by hour and class, of all clients or of people alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topology.intake.facts import groups
from topology.intake.tally import HOUR_STEP, ROBOT, Tally, grouped

Column = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """Counts in rising order of time."""

    seconds: Column
    """Seconds of the log's own clock that have requests."""
    counts: Column
    codes: Column
    """The hour times `HOUR_STEP`, plus the class."""
    code_counts: Column

    @property
    def requests(self) -> int:
        """How many there are."""
        return int(self.counts.sum())

    def by(self, width: int) -> tuple[Column, Column]:
        """Periods of `width` seconds that have requests, by number, and how many they have."""
        return groups(self.seconds, self.counts, width)


def arrivals_of(tally: Tally, *, robots: bool = True) -> Arrivals:
    """The arrivals of a log; without `robots`, those of clients that do not call themselves one."""
    seconds, counts = tally.seconds.merged()
    codes, code_counts = tally.hour_classes.merged()
    if not robots:
        seconds, counts = _without(seconds, counts, *tally.robot_seconds.merged())
        kept = codes % HOUR_STEP < ROBOT
        return Arrivals(seconds=seconds, counts=counts, codes=codes[kept], code_counts=code_counts[kept])
    plain = codes - (codes % HOUR_STEP // ROBOT) * ROBOT
    order = np.argsort(plain, kind="stable")
    if plain.size:
        codes, code_counts = grouped(plain[order], code_counts[order])
    return Arrivals(seconds=seconds, counts=counts, codes=codes, code_counts=code_counts)


def robots_by_class(tally: Tally, hour: int | None) -> tuple[Column, Column]:
    """Requests of robots and of all by class, in one hour or (None) in the whole log."""
    codes, counts = tally.hour_classes.merged()
    if hour is not None:
        counts = np.where(codes // HOUR_STEP == hour, counts, 0)
    by_code = np.bincount(codes % HOUR_STEP, weights=counts, minlength=HOUR_STEP).astype(np.int64)
    return by_code[ROBOT:], by_code[:ROBOT] + by_code[ROBOT:]


def _without(seconds: Column, counts: Column, less: Column, less_counts: Column) -> tuple[Column, Column]:
    left = counts.copy()
    left[np.searchsorted(seconds, less)] -= less_counts
    return seconds[left > 0], left[left > 0]
