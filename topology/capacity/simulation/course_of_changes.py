"""Runs of a system that changes, window by window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp

import numpy as np

from topology.capacity.answer import Number
from topology.capacity.simulation import kernel
from topology.capacity.simulation.batches import ANSWERED, OFFERED, REFUSED, RESPONSE, Histogram
from topology.capacity.simulation.changes import apply
from topology.capacity.simulation.interval import Reals, half_width, ratio
from topology.capacity.simulation.machine import Machine
from topology.capacity.simulation.model import Model
from topology.capacity.simulation.program import compile_model
from topology.capacity.simulation.transient import Change, Window

_EVER = 1 << 60


@dataclass(kw_only=True)
class _Seen:
    """A window in one run."""

    sums: Reals
    """Offered, answered, refused and the sum of responses."""
    waiting: float
    histogram: Histogram


def windows_of(
    model: Model, changes: Sequence[Change], *, seed: int, horizon: float, window: float, runs: int, warm_up: float,
    confidence: float, unit: str,
) -> tuple[Window, ...]:  # fmt: skip
    """All runs, put together window by window."""
    program = compile_model(model)
    ends = [min(horizon, window * place) for place in range(1, ceil(horizon / window - 1e-9) + 1)]
    ordered = sorted(changes, key=lambda change: change.at)
    machines = [Machine(program, seed * 1_000_003 + run) for run in range(runs)]
    each = [_run(machine, ordered, ends, warm_up) for machine in machines]
    reader = _Reader(floor=machines[0].floor, confidence=confidence, unit=unit)
    return tuple(
        reader.window([run[place] for run in each], start, end)
        for place, (start, end) in enumerate(zip([0.0, *ends[:-1]], ends, strict=True))
    )


def _run(machine: Machine, changes: list[Change], ends: list[float], warm_up: float) -> list[_Seen]:
    machine.go(_EVER, until=warm_up)
    machine.take_histogram()
    before, left, seen = _sums(machine), list(changes), []
    for end in ends:
        while left and left[0].at < end:
            machine.go(_EVER, until=warm_up + left[0].at)
            apply(left.pop(0), machine)
        machine.go(_EVER, until=warm_up + end)
        sums = _sums(machine)
        histogram = machine.take_histogram().sum(axis=0, dtype=np.int64)
        seen.append(_Seen(sums=sums - before, waiting=float(machine.waiting().sum()), histogram=histogram))
        before = sums
    return seen


def _sums(machine: Machine) -> Reals:
    streams = len(machine.program.model.streams)
    sums: Reals = machine.totals()[1 : 1 + 4 * streams].reshape(streams, 4).sum(axis=0)
    return sums


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """Figures from the same window of all runs."""

    floor: float
    confidence: float
    unit: str

    def window(self, seen: list[_Seen], start: float, end: float) -> Window:
        """One window."""
        sums = np.array([each.sums for each in seen])
        per_time, rate = sums / (end - start), f"1/{self.unit}"
        return Window(
            start=start,
            end=end,
            offered=self._mean(per_time[:, OFFERED], rate),
            answered=self._mean(per_time[:, ANSWERED], rate),
            refused=self._mean(per_time[:, REFUSED], rate),
            waiting=self._mean(np.array([each.waiting for each in seen]), "1"),
            mean=self._response(sums),
            p95=self._percentile([each.histogram for each in seen], 0.95),
        )

    def _mean(self, values: Reals, unit: str) -> Number:
        return self._number(float(values.mean()), half_width(values, self.confidence), unit)

    def _response(self, sums: Reals) -> Number | None:
        if not sums[:, ANSWERED].any():
            return None
        return self._number(*ratio(sums[:, RESPONSE], sums[:, ANSWERED], self.confidence), self.unit)

    def _percentile(self, each: list[Histogram], share: float) -> Number | None:
        answered = [counts for counts in each if counts.any()]
        if len(answered) < 2:
            return None
        values = np.array([self._at(counts, share) for counts in answered])
        total: Histogram = np.sum(answered, axis=0)
        return self._number(self._at(total, share), half_width(values, self.confidence), self.unit)

    def _at(self, counts: Histogram, share: float) -> float:
        below = np.cumsum(counts)
        place = int(np.searchsorted(below, max(1, ceil(share * int(below[-1])))))
        return self.floor * exp((place + 0.5) / kernel.BINS_A_FOLD)

    def _number(self, value: float, half: float, unit: str) -> Number:
        return Number(value=value, low=max(0.0, value - half), high=value + half, kind="simulated", unit=unit)
