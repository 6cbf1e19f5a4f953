"""Runs of a system that changes, window by window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from topology.capacity.answer import Number
from topology.capacity.simulation.batches import ANSWERED, OFFERED, REFUSED, RESPONSE, Histogram, percentile_of
from topology.capacity.simulation.changes import apply
from topology.capacity.simulation.check import refuse
from topology.capacity.simulation.interval import Reals, half_width, ratio
from topology.capacity.simulation.machine import Machine
from topology.capacity.simulation.model import Model
from topology.capacity.simulation.program import compile_model
from topology.capacity.simulation.transient import MOST_REQUESTS, Change, Window


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
    spare, each = 2 * MOST_REQUESTS, []
    for run in range(runs):
        machine = Machine(program, seed * 1_000_003 + run)
        each.append(_run(machine, ordered, ends, warm_up, spare))
        spare -= machine.finished
    reader = _Reader(floor=machine.floor, confidence=confidence, unit=unit)
    return tuple(
        reader.window([run[place] for run in each], start, end)
        for place, (start, end) in enumerate(zip([0.0, *ends[:-1]], ends, strict=True))
    )


def _run(machine: Machine, changes: list[Change], ends: list[float], warm_up: float, most: int) -> list[_Seen]:
    _go(machine, warm_up, most)
    machine.take_histogram()
    before, left, seen = _sums(machine), list(changes), []
    for end in ends:
        while left and left[0].at < end:
            _go(machine, warm_up + left[0].at, most)
            apply(left.pop(0), machine)
        _go(machine, warm_up + end, most)
        sums = _sums(machine)
        histogram = machine.take_histogram().sum(axis=0, dtype=np.int64)
        seen.append(_Seen(sums=sums - before, waiting=float(machine.waiting().sum()), histogram=histogram))
        before = sums
    return seen


def _go(machine: Machine, until: float, most: int) -> None:
    """On to a time; users who are answered or refused at once and do not think would keep it from coming."""
    machine.go(most - machine.finished, until=until)
    if machine.now < until:
        raise refuse(f"All runs would have more than {MOST_REQUESTS:,} requests.", "runs")


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
        values = np.array([percentile_of(counts, share, self.floor) for counts in answered])
        total: Histogram = np.sum(answered, axis=0)
        return self._number(percentile_of(total, share, self.floor), half_width(values, self.confidence), self.unit)

    def _number(self, value: float, half: float, unit: str) -> Number:
        return Number(value=value, low=max(0.0, value - half), high=value + half, kind="simulated", unit=unit)
