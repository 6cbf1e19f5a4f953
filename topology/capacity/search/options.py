"""Which options of a tier are worth combining: counts by their limits, and none that another beats in everything."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topology.capacity import bandwidth
from topology.capacity.search.objective import Objective
from topology.capacity.search.space import PEAK, Class, Lift, Load, Option, TierSpace
from topology.capacity.search.tables import Table, pooled_availability, table
from topology.capacity.search.waiting import Waits, alone
from topology.design import MOST_SERVERS

Floats = NDArray[np.float64]
CLOSE = 5
"""Counts that are all tried above the least one that suffices; beyond them steps grow."""
STEP = 1.25
CERTAIN = 1e-7
"""Unavailability below which less of it is no reason for another server."""
FAR = 3.0
"""Times the least count up to which more servers are tried: by then nobody waits any more."""


def every_option(lifts: Sequence[Lift], most: int) -> tuple[Option, ...]:
    """Every lift with every count up to `most`."""
    return tuple(
        Option(lift=place, count=count)
        for place, lift in enumerate(lifts)
        for count in (range(lift.least, most + 1) if lift.grows else (0,))
    )


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """The options of a tier that hold by themselves, and how bad each is in what matters; options x figures."""

    options: tuple[Option, ...]
    badness: Floats
    steps: Floats
    """Figures: how coarse each may be taken at most; 0 for those that are taken as they are."""

    def thinned(self, coarse: float) -> tuple[Option, ...]:
        """Those of which none costs no less than another and is no better in anything, figures rounded by `coarse`."""
        width = np.where(self.steps > 0, self.steps * coarse, 0.0)
        rounded = np.where(width > 0, np.floor(self.badness / np.where(width > 0, width, 1.0)), self.badness)
        return tuple(self.options[place] for place in _undominated(rounded))


@dataclass(frozen=True, kw_only=True)
class Sieve:
    """What the options of a tier are held against, in the expected world."""

    classes: Sequence[Class]
    values: Floats
    objective: Objective
    strict: bool
    """Only options stay that hold memory, headroom and the loss of one server; else also some that hold less of the
    last two, for what would have to be relaxed."""

    def weighed(self, tier: TierSpace, inner: Floats) -> Weighed:
        """The options of a tier that may be part of an answer; `inner` as in `waiting.alone`.

        Load falls as servers are added, so the least count that holds is found by halving, and counts around it are
        kept.
        """
        counted = [
            Option(lift=place, count=count)
            for place, lift in enumerate(tier.lifts)
            if all(form.memory_mib <= lift.ram_mib for form in lift.forms) and (self.strict or not lift.settings)
            for count in self._counts(lift)
        ]
        if not counted:
            return Weighed(options=(), badness=np.empty((0, 1)), steps=np.zeros(1))
        found = table(tier, counted, self.classes, self.values)
        slots = alone(found, inner, self.classes, self.values[:, PEAK])
        keep = np.flatnonzero(self._holds(found, slots))
        badness, steps = self._badness(found, slots)
        return Weighed(options=tuple(counted[place] for place in keep), badness=badness[keep], steps=steps)

    def _counts(self, lift: Lift) -> Iterator[int]:
        """Counts worth a look, in rising order."""
        slope = Slope(lift, self.classes, self.values[0])
        parts = (1.0,) if self.strict else (1.0, 0.75, 0.5, 0.25, 0.0)
        shares = [1 - self.objective.headroom * part for part in parts]
        starts = [count for share in shares if (count := slope.least_count(share)) is not None]
        close = CLOSE if self.strict else 1
        if lift.grows:
            starts = [max(lift.least, start) for start in starts]
        yield from sorted({n for start in starts for n in _from(start, close)} if lift.grows else set(starts))

    def _holds(self, found: Table, slots: Waits) -> NDArray[np.bool_]:
        used = np.maximum(found.used, slots.used)[:, 0]
        if not self.strict:
            return np.asarray(used < 1)
        dead = np.maximum(found.used_with_one_dead, slots.used_with_one_dead)[:, 0]
        most = 1 - self.objective.headroom
        return (used <= most) & (used < 1) & (dead <= 1 / (1 - self.objective.refused))

    def _badness(self, found: Table, slots: Waits) -> tuple[Floats, Floats]:
        """Options x what is worse the more there is of it, and the width by which each may be coarsened."""
        down = 1 - found.lone[:, 0] * np.array([self._up(found, slots, row) for row in range(len(found.cost))])
        counting = [kind for kind, item in enumerate(self.classes) if item.counts]
        promised = self.objective.p95_ms / 1000
        times = [*(found.time[:, counting, 0] + slots.wait).T]
        times += [*np.sqrt(found.variance[:, counting, 0] + slots.variance).T]
        times += [] if found.held is not None else [*found.plain[:, counting, 0].T]
        used = [np.maximum(found.used, slots.used)[:, 0]]
        used += [np.maximum(found.used_with_one_dead, slots.used_with_one_dead)[:, 0]]
        used = [] if self.strict else used
        columns = [found.cost, np.maximum(down, CERTAIN), *times, *used]
        steps = [0.0, 0.0, *(promised for _ in times), *(1.0 for _ in used)]
        return np.stack(columns, axis=1), np.array(steps)

    def _up(self, found: Table, slots: Waits, row: int) -> float:
        servers = int(found.pooled[row])
        load = np.maximum(found.load[row], slots.share[row] * servers)
        return float(pooled_availability(servers, load, self.values)[0]) if servers else 1.0


_Role = tuple[float, float, float, int, bool]
"""Shares of the cores, the disk and the network card of one server; servers that are fixed; whether others share."""


class Slope:
    """How the load of a tier's worst server falls with its count, in one world."""

    def __init__(self, lift: Lift, classes: Sequence[Class], values: Floats) -> None:
        self._grows = lift.grows
        weights = [item.share for item in classes]
        self._forms = [[self._role(load, lift, weights, values) for load in form.loads] for form in lift.forms]

    @staticmethod
    def _role(load: Load, lift: Lift, weights: Sequence[float], values: Floats) -> _Role:
        """What a role takes of the cores, the disk and the network card of one server, and how many share it."""
        peak = float(values[PEAK])
        cpu, disk, sent = (
            peak * sum(weights[kind] * value * float(values[place]) for kind, place, value in figures)
            for figures in (load.cpu, load.disk, load.sent)
        )
        bits = math.inf if lift.network_mbit is None else lift.network_mbit * bandwidth.MEGA
        grows = load.grows and not load.standby
        return cpu / lift.cores, disk, sent * bandwidth.BITS_A_BYTE / bits, 0 if load.standby else load.fixed, grows

    def used(self, count: int) -> float:
        """Share of the worst server's first hardware limit."""
        worst = 0.0
        for form in self._forms:
            cpu = disk = network = 0.0
            for of_cpu, of_disk, of_network, fixed, grows in form:
                sharing = max(1, fixed + (count if grows else 0))
                cpu, disk, network = cpu + of_cpu / sharing, disk + of_disk / sharing, network + of_network / sharing
            worst = max(worst, cpu, disk, network)
        return worst

    def least_count(self, most_used: float) -> int | None:
        """The fewest servers of which the peak takes no larger share, by doubling and halving; None where none do."""
        if not self._grows:
            return 0 if self.used(0) <= most_used else None
        low, high = 0, 1
        while self.used(high) > most_used:
            if high >= MOST_SERVERS:
                return None
            low, high = high, min(2 * high, MOST_SERVERS)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.used(middle) <= most_used else (middle, high)
        return high


def _from(start: int, close: int) -> Iterator[int]:
    yield from range(start, min(start + close, MOST_SERVERS) + 1)
    count = float(start + close)
    while close > 1 and count * STEP <= min(FAR * start + close, MOST_SERVERS):
        count *= STEP
        yield math.ceil(count)


def _undominated(badness: Floats) -> list[int]:
    """Rows that no other row beats or equals everywhere; of equal ones the first."""
    kept: list[int] = []
    order = np.lexsort(badness.T[::-1])
    for place in order:
        row = badness[place]
        if not kept or not bool(np.any(np.all(badness[kept] <= row, axis=1))):
            kept.append(int(place))
    return sorted(kept)
