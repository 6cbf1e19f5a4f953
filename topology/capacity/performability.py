"""Performability: the share of requests served over all states of servers that fail and are repaired.

Each kind of server is a birth-death chain of its own (availability); the states of the site are their products. In
each state the limits and the kinds of request that stop say what is served in every hour (Meyer 1980).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from topology.capacity.answer import Number
from topology.capacity.availability import MTBF_HOURS, Unit, down_shares, repair_hours
from topology.capacity.equals import Equals, equals_of, share_of, stopped, survivors
from topology.capacity.rates import rates_of
from topology.capacity.study import Study
from topology.capacity.uncertainty import Corner, at, spread
from topology.capacity.week import Step, steps_of
from topology.capacity.words import percent
from topology.value import Estimate
from topology.workload import Kind

LEAST_WEIGHT = 1e-7
"""Share of the time below which a state is not looked at; what is not looked at counts as not served."""
MINUTES_A_YEAR = 365.25 * 24 * 60
CORNERS: tuple[Corner, ...] = ("mid", "low", "high")
_WORSE: Mapping[Corner, Corner] = {"mid": "mid", "low": "high", "high": "low"}


@dataclass(frozen=True, kw_only=True)
class TierLoss:
    """What the deaths of one tier's servers cost in a year."""

    tier: str
    minutes: Number
    """Minutes a year in which nothing would be answered if what is lost came all at once."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """Availability as requests see it."""

    served: Number
    """Share of all requests that is served, over all hours and all states of the servers."""
    minutes_lost: Number
    """What is not served, in minutes of a year."""
    overload: float
    """Share of all requests that is too much even with every server alive."""
    promise_kept: Number | None
    """Share of all requests served in hours and states in which the promised p95 holds; None where none is promised."""
    tiers: tuple[TierLoss, ...]
    """What each tier's deaths cost, the dearest first."""
    says: str


def detection(study: Study) -> Estimate:
    """Seconds in which a dead server is still asked."""
    most = float(study.cluster.limits.failover_seconds)
    return Estimate(
        low=0.0,
        mid=min(3.5, most),
        high=most,
        basis="default",
        source=(
            "measured on a small cluster: 0 where a balancer asks another server at once, 3.5 s until a shared address"
            " has moved (adverts each second); at most the time within which the plan has a dead server found"
        ),
    )


def service_of(study: Study, *, crews: int | None = None) -> Service:
    """Requests served in all states of weight above 1e-7, capacities and response times those of the expected world.

    `crews`: repairs that can go on at once in each group of equal servers; None where there are enough for all.
    """
    rates = rates_of(study.workload)
    steps = (Step(rate=study.workload.peak.mid, weight=1.0),) if rates is None else steps_of(rates.by_hour)
    states = _States(study=study, steps=steps, crews=crews)
    ends = [states.sums(corner) for corner in CORNERS]
    tiers = states.tiers()
    served = spread([end.served for end in ends], unit="share", why=_WHY)
    lost = [(1 - end.served) * MINUTES_A_YEAR for end in ends]
    kept = None if states.promised is None else spread([end.kept for end in ends], unit="share", why=_WHY)
    minutes = spread(lost, unit="minutes", why="(1 - share served) * minutes of a year")
    return Service(
        served=served,
        minutes_lost=minutes,
        overload=max(0.0, 1 - states.served(states.alive)),
        promise_kept=kept,
        tiers=tiers,
        says=_says(served, minutes, tiers, hourly=rates is not None),
    )


_WHY = (
    "requests served in each state of the servers, weighted by the state's share of the time and by the requests of"
    " each hour; how often servers stop and how long repair takes are guesses"
)


@dataclass(frozen=True, kw_only=True)
class _Sums:
    served: float
    kept: float


@dataclass(frozen=True, kw_only=True, eq=False)
class _States:
    """The states of the site: how many servers of each group are dead."""

    study: Study
    steps: Sequence[Step]
    crews: int | None
    _carried: dict[tuple[int, int], float] = field(default_factory=dict)
    _kept: dict[tuple[int, int], float] = field(default_factory=dict)
    _stopped: dict[tuple[int, ...], float] = field(default_factory=dict)

    @cached_property
    def groups(self) -> tuple[Equals, ...]:
        """Each with a chain of its own."""
        return equals_of(self.study.network)

    @property
    def alive(self) -> tuple[int, ...]:
        """The state in which every server is."""
        return (0,) * len(self.groups)

    @cached_property
    def promised(self) -> float | None:
        """The promised p95 in seconds."""
        promise = self.study.cluster.design.promise
        return None if promise is None or promise.p95_ms is None else promise.p95_ms / 1000

    def sums(self, corner: Corner) -> _Sums:
        """What is served and kept in all states, less what is lost while dead servers are still asked."""
        chains = [self._chain(group, corner) for group in self.groups]
        served = kept = 0.0
        for weight, state in _products(chains):
            served += weight * self.served(state)
            kept += weight * self._keeping(state) if self.promised is not None else 0.0
        failover = sum(self._failover(group, corner) for group in self.groups)
        return _Sums(served=_part(served - failover), kept=_part(kept - failover))

    def tiers(self) -> tuple[TierLoss, ...]:
        """What each group costs if all others never failed, added up by tier."""
        found: dict[str, list[float]] = {}
        for index, group in enumerate(self.groups):
            lost = [MINUTES_A_YEAR * self._lost_alone(index, corner) for corner in CORNERS]
            before = found.setdefault(group.tier, [0.0] * len(CORNERS))
            found[group.tier] = [old + new for old, new in zip(before, lost, strict=True)]
        why = "as if all other tiers never failed"
        losses = [TierLoss(tier=tier, minutes=spread(ends, unit="minutes", why=why)) for tier, ends in found.items()]
        return tuple(sorted(losses, key=lambda loss: -loss.minutes.value))

    def served(self, state: tuple[int, ...]) -> float:
        """Share of all requests that is served in a state: of the kinds that go on, what the capacity takes."""
        capacity = min(self._capacity(index, dead) for index, dead in enumerate(state))
        left = 1 - self._stopping(state)
        return left * sum(step.weight * min(1.0, capacity / (step.rate * left)) for step in self.steps) if left else 0.0

    def _keeping(self, state: tuple[int, ...]) -> float:
        rate = min(self._keeping_rate(index, dead) for index, dead in enumerate(state))
        return (1 - self._stopping(state)) * sum(step.weight for step in self.steps if step.rate <= rate)

    def _lost_alone(self, index: int, corner: Corner) -> float:
        group = self.groups[index]
        whole = self.served(self.alive)
        lost = sum(
            weight * (whole - self.served(self._only(index, dead)))
            for dead, weight in enumerate(self._chain(group, corner))
            if weight > LEAST_WEIGHT
        )
        return max(0.0, lost) + self._failover(group, corner)

    def _only(self, index: int, dead: int) -> tuple[int, ...]:
        return (*self.alive[:index], dead, *self.alive[index + 1 :])

    def _chain(self, group: Equals, corner: Corner) -> tuple[float, ...]:
        repair = at(repair_hours(self.study.network, group.hosts[0]), _WORSE[corner])
        unit = Unit(name=group.tier, mtbf=at(MTBF_HOURS, corner), mttr=repair, count=group.count, crews=self.crews)
        return down_shares(unit)

    def _failover(self, group: Equals, corner: Corner) -> float:
        """Share of all requests lost because a dead server is still asked; none where its death stops them anyway."""
        if stopped(self.study.network, group.dead(1)):
            return 0.0
        visits = self.study.worlds[0].state.visits
        asked = sum(
            count * min(1.0, max((share for key, share in visits.items() if key[0] == host), default=0.0))
            for host, count in zip(group.hosts, group.counts, strict=True)
        )
        hours = at(detection(self.study), _WORSE[corner]) / 3600
        return asked * hours / at(MTBF_HOURS, corner)

    def _capacity(self, index: int, dead: int) -> float:
        """Of the expected world; where kinds stop, what is left is not limited by their servers."""
        key = (index, dead)
        if key not in self._carried:
            left = self._survivors(index, dead)
            self._carried[key] = float("inf") if left is None else left.capacity.value
        return self._carried[key]

    def _keeping_rate(self, index: int, dead: int) -> float:
        """The highest rate of the steps at which the promised p95 holds, found by halving."""
        key = (index, dead)
        if key not in self._kept:
            left = self._survivors(index, dead)
            self._kept[key] = float("inf") if left is None else self._highest(left)
        return self._kept[key]

    def _highest(self, left: Study) -> float:
        low, high = -1, len(self.steps) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._holds(left, self.steps[middle].rate) else (low, middle - 1)
        return self.steps[low].rate if low >= 0 else 0.0

    def _holds(self, left: Study, rate: float) -> bool:
        return self.promised is not None and left.keeps(left.worlds[0], rate, self.promised)

    def _survivors(self, index: int, dead: int) -> Study | None:
        """None where the deaths stop some kind of request."""
        if dead == 0:
            return self.study
        group = self.groups[index]
        return None if stopped(self.study.network, group.dead(dead)) else survivors(self.study, group, group.dead(dead))

    def _stopping(self, state: tuple[int, ...]) -> float:
        """Share of the requests whose kinds stop; only servers of which none is left can stop any."""
        if state not in self._stopped:
            lost = {
                host: n for group, dead in zip(self.groups, state, strict=True) for host, n in group.dead(dead).items()
            }
            kinds: Sequence[Kind] = stopped(self.study.network, lost) if lost else ()
            self._stopped[state] = share_of(kinds, self.study.workload) if kinds else 0.0
        return self._stopped[state]


def _part(share: float) -> float:
    """A share that rounding may have carried beyond its ends."""
    return min(1.0, max(0.0, share))


def _products(chains: Sequence[Sequence[float]]) -> Iterator[tuple[float, tuple[int, ...]]]:
    """The joint states of independent chains with their weights, those above the least weight."""
    found: list[tuple[float, tuple[int, ...]]] = [(1.0, ())]
    for chain in chains:
        found = [
            (weight * share, (*state, dead))
            for weight, state in found
            for dead, share in enumerate(chain)
            if weight * share > LEAST_WEIGHT
        ]
    yield from found


def _says(served: Number, minutes: Number, tiers: Sequence[TierLoss], *, hourly: bool) -> str:
    hours = "over the hours of the week" if hourly else "as if the peak lasted all the time"
    text = f"{served.value * 100:.3f} % of requests are served {hours}, {minutes.value:,.0f} minutes lost a year"
    if tiers and tiers[0].minutes.value > 0:
        dearest = tiers[0]
        part = dearest.minutes.value / sum(loss.minutes.value for loss in tiers)
        text += f"; {dearest.tier} costs most of it ({percent(part)})"
    return f"{text}."
