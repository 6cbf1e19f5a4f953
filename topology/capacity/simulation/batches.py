"""What was counted, batch by batch, and the figures that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, exp, inf, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from topology.capacity.answer import Number
from topology.capacity.simulation import kernel
from topology.capacity.simulation.interval import Reals, half_width, ratio
from topology.capacity.simulation.machine import Machine

OFFERED, ANSWERED, REFUSED, RESPONSE = range(4)
AREA, BUSY, DONE = range(3)
HELD, WAITING, TURNED_AWAY = range(3)
Histogram = NDArray[np.int64]


@dataclass(kw_only=True)
class Batches:
    """Sums of equal numbers of requests, in the order in which they were finished."""

    machine: Machine
    sums: list[Reals] = field(default_factory=list)
    histograms: list[NDArray[np.int32]] = field(default_factory=list)
    _before: Reals = field(default_factory=lambda: np.zeros(0))

    def begin(self) -> None:
        """Forget what has been counted: the warm-up is over."""
        self._before = self.machine.totals()
        self.machine.take_histogram()

    def add(self, requests: int) -> None:
        """Run a batch."""
        self.machine.go(requests)
        totals = self.machine.totals()
        self.sums.append(totals - self._before)
        self.histograms.append(self.machine.take_histogram())
        self._before = totals

    def pair(self) -> None:
        """Make one batch of each two."""
        self.sums = [one + other for one, other in zip(self.sums[::2], self.sums[1::2], strict=True)]
        both = zip(self.histograms[::2], self.histograms[1::2], strict=True)
        self.histograms = [one + other for one, other in both]


class Reading:
    """Figures from batches; the first eighth is left out, as the system may still have been filling."""

    def __init__(self, batches: Batches, confidence: float, unit: str) -> None:
        program = batches.machine.program
        skipped = len(batches.sums) // 8
        sums = np.array(batches.sums[skipped:])
        streams, stations = len(program.model.streams), program.places
        ends = np.cumsum([1, 4 * streams, 3 * stations])
        self.time = sums[:, 0]
        self.streams = sums[:, 1 : ends[1]].reshape(len(sums), streams, 4)
        self.stations = sums[:, ends[1] : ends[2]].reshape(len(sums), stations, 3)
        self.slots = sums[:, ends[2] :].reshape(len(sums), program.slots_places, 3)
        self._histograms = batches.histograms[skipped:]
        self._floor = batches.machine.floor
        self._confidence = confidence
        self._unit = unit

    def per(self, above: Reals, below: Reals, unit: str, most: float = inf) -> Number:
        """A sum over a sum as a number that is never negative; 0 where there was nothing to divide by."""
        if not below.any():
            return Number(value=0.0, low=0.0, high=most if most < inf else 0.0, kind="simulated", unit=unit)
        value, half = ratio(above, below, self._confidence)
        return Number(
            value=value, low=max(0.0, value - half), high=min(most, value + half), kind="simulated", unit=unit
        )

    def rate(self, counts: Reals) -> Number:
        """Something a unit of time."""
        return self.per(counts, self.time, f"1/{self._unit}")

    def mean(self, who: slice) -> Number | None:
        """The mean response time of some streams."""
        answered = self.streams[:, who, ANSWERED].sum(axis=1)
        if not answered.any():
            return None
        return self.per(self.streams[:, who, RESPONSE].sum(axis=1), answered, self._unit)

    def means(self) -> Reals:
        """The mean response time of all requests, batch by batch."""
        means: Reals = self.streams[:, :, RESPONSE].sum(axis=1) / self.streams[:, :, ANSWERED].sum(axis=1)
        return means

    def percentile(self, who: slice, share: float) -> Number | None:
        """A percentile of the response time of some streams, with what batches say of it."""
        total = self._histogram(who, slice(None))
        answered = int(total.sum())
        if answered == 0:
            return None
        value = percentile_of(total, share, self._floor)
        # A batch must hold enough beyond the percentile to have one of its own.
        parts = min(len(self._histograms), int(answered * (1 - share) / 20))
        low, high = self._spread(who, share, parts, value) if parts >= 5 else self._by_order(total, share)
        return Number(value=value, low=max(0.0, low), high=high, kind="simulated", unit=self._unit)

    def _spread(self, who: slice, share: float, parts: int, value: float) -> tuple[float, float]:
        bounds = np.linspace(0, len(self._histograms), parts + 1).astype(int).tolist()
        spans = [slice(start, stop) for start, stop in pairwise(bounds)]
        each = [self._histogram(who, span) for span in spans]
        values = np.array([percentile_of(counts, share, self._floor) for counts in each if counts.any()])
        half = half_width(values, self._confidence)
        return value - half, value + half

    def _by_order(self, total: Histogram, share: float) -> tuple[float, float]:
        """For few requests: as if none depended on another, by the binomial law of how many are below."""
        count = int(total.sum())
        apart = NormalDist().inv_cdf((1 + self._confidence) / 2) * sqrt(share * (1 - share) / count)
        ends = (max(0.0, share - apart), min(1.0, share + apart))
        return percentile_of(total, ends[0], self._floor), percentile_of(total, ends[1], self._floor)

    def _histogram(self, who: slice, span: slice) -> Histogram:
        total = np.zeros(kernel.BINS, dtype=np.int64)
        for counts in self._histograms[span]:
            total += counts[who].sum(axis=0, dtype=np.int64)
        return total


def percentile_of(counts: Histogram, share: float, floor: float) -> float:
    """The middle of the bin that holds the response time which `share` of those counted do not exceed."""
    below = np.cumsum(counts)
    place = int(np.searchsorted(below, max(1, ceil(share * int(below[-1])))))
    return floor * exp((place + 0.5) / kernel.BINS_A_FOLD)


def over_members(values: Reals, each: Callable[[Reals], Number]) -> tuple[Number, ...]:
    """A number for each host, where there are several."""
    return tuple(each(values[:, place]) for place in range(values.shape[1])) if values.shape[1] > 1 else ()
