"""Candidates in worlds: response times, availability, load and cost of any piece of a space, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from topology.capacity.search.inputs import sample
from topology.capacity.search.objective import Measures
from topology.capacity.search.space import PEAK, Seen, Space
from topology.capacity.search.tables import Table, pooled_availability, table
from topology.capacity.search.waiting import Waits, waits

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
AT_ONCE = 400_000
"""Candidates times worlds that are worked out at a time, so that memory stays small."""


def evaluate(space: Space, candidates: range | slice, worlds: range, *, seed: int) -> Measures:
    """What candidates do in worlds; arrays of candidates x worlds.

    Each element depends on the seed, its candidate and its world alone, so a space may be cut into any pieces: the
    same bits come out. Candidates are numbered from 0 to `space.size`, worlds from 0 without end; worlds that make up
    whole multiples of `space.strata` are a Latin hypercube. Raises IndexError for a candidate that there is not.
    """
    numbers = range(space.size)[candidates] if isinstance(candidates, slice) else candidates
    known = range(space.size)
    if len(numbers) and not (numbers[0] in known and numbers[-1] in known):
        raise IndexError(f"the space has candidates 0 to {space.size - 1}")
    values = sampled(space, worlds, seed=seed)
    return measured(space, np.asarray(numbers, dtype=np.int64), values)


def sampled(space: Space, worlds: range, *, seed: int) -> Floats:
    """The inputs in these worlds, those that an observation settles made to agree with it; worlds x inputs."""
    values = sample(space.inputs, worlds, strata=space.strata, seed=seed)
    return values if space.seen is None else agreeing(values, space.seen)


def agreeing(values: Floats, seen: Seen) -> Floats:
    """Worlds in which the observed server is as busy as it was, by the utilisation law.

    What the other inputs leave of the observed busy share, which is itself read with an error, is what the fitted
    ones must come to together; their proportion stays as drawn.
    """
    fixed, fitted = np.zeros(len(values)), np.zeros(len(values))
    for place, seconds in seen.fixed:
        fixed = fixed + seconds * values[:, place]
    for place, seconds in seen.fitted:
        fitted = fitted + seconds * values[:, place]
    busy = seen.share * (1 + values[:, seen.error]) * seen.cores / seen.rate
    factor = np.maximum(0.1, (busy - fixed) / np.maximum(fitted, 1e-300))
    found = values.copy()
    for place in dict.fromkeys(place for place, _ in seen.fitted):
        found[:, place] = values[:, place] * factor
    return found


def measured(space: Space, candidates: Numbers, values: Floats) -> Measures:
    """The measures of candidates, by number, in worlds that are given; candidates x worlds."""
    found = Measures(**{f.name: np.empty((len(candidates), len(values))) for f in fields(Measures)})
    start = 0
    for number, skeleton in enumerate(space.skeletons):
        own = np.flatnonzero((candidates >= start) & (candidates < start + skeleton.size))
        if own.size:
            _fill(space, number, own, candidates[own] - start, values, found)
        start += skeleton.size
    return found


def _fill(space: Space, skeleton: int, rows: Numbers, local: Numbers, values: Floats, found: Measures) -> None:
    tiers = space.skeletons[skeleton].tiers
    digits = np.stack(np.unravel_index(local, [len(tier.options) for tier in tiers]))
    used = [distinct(column, len(tier.options)) for column, tier in zip(digits, tiers, strict=True)]
    tables = [
        table(tier, [tier.options[place] for place in places], space.classes, values)
        for tier, (places, _) in zip(tiers, used, strict=True)
    ]
    combined = _Combined(space=space, tables=tables, values=values)
    step = max(1, AT_ONCE // len(values))
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        answer = combined.measures([inverse[part] for _, inverse in used])
        for item in fields(Measures):
            getattr(found, item.name)[rows[part]] = getattr(answer, item.name)


def distinct(numbers: Numbers, most: int) -> tuple[Numbers, Numbers]:
    """The numbers below `most` that there are, in rising order, and the place of each number among them."""
    there = np.zeros(most, dtype=np.bool_)
    there[numbers] = True
    place = np.cumsum(there) - 1
    return np.flatnonzero(there), place[numbers]


@dataclass(frozen=True, kw_only=True)
class _Combined:
    """Tiers put together."""

    space: Space
    tables: Sequence[Table]
    values: Floats

    def measures(self, places: Sequence[Numbers]) -> Measures:
        """Of candidates given by the row of their option in each tier's table."""
        shape = (len(places[0]), len(self.values))
        cost, used, dead, up = np.zeros(shape[0]), np.zeros(shape), np.zeros(shape), np.ones(shape)
        slots = [
            waits(self.tables, places, number, self.space.classes, self.values[:, PEAK])
            for number in range(len(places))
        ]
        for item, rows, held in zip(self.tables, places, slots, strict=True):
            cost = cost + item.cost[rows]
            used = np.maximum(used, np.maximum(item.used[rows], held.used))
            dead = np.maximum(dead, np.maximum(item.used_with_one_dead[rows], held.used_with_one_dead))
            up = up * self._availability(item, rows, held)
        return Measures(
            cost=np.repeat(cost[:, None], shape[1], axis=1),
            p95_ms=self._p95_ms(places, slots, used),
            availability=up,
            used=used,
            used_with_one_dead=np.where(dead > 0, np.maximum(dead, used), 0.0),
        )

    def _availability(self, item: Table, rows: Numbers, held: Waits) -> Floats:
        """By option where nothing is held there; else slots that are held keep servers busy too."""
        if item.held is None:
            return (self._pooled(item.pooled, item.load) * item.lone)[rows]
        servers = item.pooled[rows]
        load = np.maximum(item.load[rows], held.share * servers[:, None])
        return self._pooled(servers, load) * item.lone[rows]

    def _pooled(self, servers: Numbers, load: Floats) -> Floats:
        found = np.ones(load.shape)
        counts, kinds = distinct(servers, int(servers.max(initial=0)) + 1)
        for place, count in enumerate(counts.tolist()):
            if count:
                here = kinds == place
                found[here] = pooled_availability(count, load[here], self.values)
        return found

    def _p95_ms(self, places: Sequence[Numbers], slots: Sequence[Waits], used: Floats) -> Floats:
        """Of the classes that count, as a mixture by their shares; the time at which a request is cut off at most."""
        total = sum(item.share for item in self.space.classes if item.counts)
        first, second = np.zeros(used.shape), np.zeros(used.shape)
        for kind, item in enumerate(self.space.classes):
            if item.counts:
                mean, variance = np.zeros(used.shape), np.zeros(used.shape)
                for own, rows, held in zip(self.tables, places, slots, strict=True):
                    mean = mean + own.time[rows, kind] + held.wait
                    variance = variance + own.variance[rows, kind] + held.variance
                first = first + item.share / total * mean
                second = second + item.share / total * (variance + mean * mean)
        cap = self.space.cap_ms
        return np.where(used < 1, np.minimum(_p95(first, second - first * first), cap), cap)


def _p95(mean: Floats, variance: Floats) -> Floats:
    """In milliseconds, of times in seconds."""
    from topology.capacity.screen import quantiles
    from topology.capacity.search import kernel  # numba takes a while to load

    found = np.empty(mean.size)
    kernel.percentiles(mean.ravel(), variance.ravel(), quantiles.table(), found)
    return 1000 * found.reshape(mean.shape)
