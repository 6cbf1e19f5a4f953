"""Transients: a rolling deploy, a cold cache and a database failover, by fluid formulas.

While a hole lasts nothing is answered; what waited in it is worked off by the capacity that the usual traffic leaves.
With rate λ, capacity C and a hole of T seconds λT requests wait, and it takes λT / (C - λ) seconds to be as before
(fluid approximation: Newell 1982, ch. 2; Kleinrock 1976, ch. 2.7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from topology.capacity.answer import Number
from topology.capacity.availability import repair_hours
from topology.capacity.equals import Equals, equals_of, services_of, share_of, stopped, survivors
from topology.capacity.failures import excess
from topology.capacity.rates import HOURS_A_DAY, QUIET_HOURS, quietest, rates_of, worst_day
from topology.capacity.single_points import replicas
from topology.capacity.study import Study
from topology.capacity.words import digits, percent
from topology.value import Estimate, estimate

CALM = 0.8
"""Busy share up to which an hour is safe for work on the servers: above it the formulas are far less sure."""
RESTART = Estimate(
    low=3, mid=5, high=7, basis="default", source="seconds until a restarted application answers, measured at 0.4 cores"
)
SWITCHOVER = Estimate(
    low=1.25, mid=1.3, high=1.4, basis="default", source="seconds of a planned change of the primary, measured"
)


@dataclass(frozen=True, kw_only=True)
class Deploy:
    """New code on one server of a tier after the other."""

    tier: str
    servers: int
    busy: Number | None
    """Busiest resource of the others at the peak; None where there are no others."""
    refused: Number
    """Share of the peak's requests that is refused meanwhile."""
    safe_hours: tuple[int, ...] | None
    """Hours of the day, 0 to 23, in which the others stay at most 80 % busy on every day; None without hours."""
    says: str


@dataclass(frozen=True, kw_only=True)
class ColdCache:
    """A cache that lost what it held, until it is full again."""

    capacity_rps: Number
    refused: Number
    safe_hours: tuple[int, ...] | None
    says: str


@dataclass(frozen=True, kw_only=True)
class Hole:
    """Seconds in which some kinds of request are not answered, at the peak."""

    what: str
    seconds: Number
    waiting: Number
    """Requests that wait, at most as long as a request may take."""
    refused: Number
    """Requests that would have to wait longer."""
    recovery_seconds: Number | None
    """Until those that waited are worked off; None where they never are."""
    says: str


@dataclass(frozen=True, kw_only=True)
class Transients:
    """What happens for a while."""

    deploys: tuple[Deploy, ...]
    cold_cache: ColdCache | None
    """None where no request is answered from a cache."""
    holes: tuple[Hole, ...]


def transients_of(study: Study) -> Transients:
    """All of them, at the peak of the workload."""
    groups = equals_of(study.network)
    return Transients(
        deploys=tuple(_deploy(study, group) for group in groups if "app" in services_of(study.network, group)),
        cold_cache=_cold_cache(study),
        holes=tuple(
            hole for group in groups if "sql" in services_of(study.network, group) for hole in _holes(study, group)
        ),
    )


def worked_off_seconds(rate: float, capacity: float, hole_seconds: float) -> float | None:
    """λT / (C - λ): seconds until what waited in a hole is worked off; None where nothing is left to do it."""
    if capacity <= rate:
        return None
    return rate * hole_seconds / (capacity - rate)


def safe_hours(study: Study) -> tuple[int, ...] | None:
    """Hours of the day in which what is left of a site is at most 80 % busy on every day; None without hours."""
    rates = rates_of(study.workload)
    if rates is None:
        return None
    return tuple(hour for hour, rate in enumerate(worst_day(rates)) if _busy(study, rate) <= CALM)


def stretches(hours: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Hours of the day as stretches round midnight: the first hour of each and the hour after its last."""
    known = set(hours)
    if len(known) >= HOURS_A_DAY:
        return ((0, HOURS_A_DAY),)
    found = []
    for first in sorted(hour for hour in known if (hour - 1) % HOURS_A_DAY not in known):
        after = first
        while after % HOURS_A_DAY in known:
            after += 1
        found.append((first, after % HOURS_A_DAY))
    return tuple(found)


def _busy(study: Study, rate: float) -> float:
    return study.busiest(Estimate(low=rate, mid=rate, high=rate)).share.value


def _deploy(study: Study, group: Equals) -> Deploy:
    if group.count == 1:
        return _lone_deploy(study, group)
    left = survivors(study, group, group.dead(1))
    refused = excess(left.capacity, study.workload.peak)
    busy = left.busiest(study.workload.peak, tier=group.tier).share
    hours = safe_hours(left)
    holds = "the peak holds" if refused.value == 0 else f"{percent(refused.value)} of requests are refused at the peak"
    out = f"With one of {group.count} {group.tier} servers out at a time"
    return Deploy(
        tier=group.tier,
        servers=group.count,
        busy=busy,
        refused=refused,
        safe_hours=hours,
        says=f"{out} the others are {percent(busy.value)} busy at the peak and {holds}. {_when(left, hours)}".rstrip(),
    )


def _lone_deploy(study: Study, group: Equals) -> Deploy:
    kinds = stopped(study.network, group.dead(1))
    share = share_of(kinds, study.workload)
    says = (
        f"{group.hosts[0]} is the only one: while its application restarts ({digits(RESTART.low)} to"
        f" {digits(RESTART.high)} s, measured on a small server) {percent(share)} of requests wait or fail."
    )
    number = Number(value=share, low=share, high=share, kind="approximate", unit="share", why="kinds that stop")
    return Deploy(tier=group.tier, servers=1, busy=None, refused=number, safe_hours=None, says=says)


def _when(left: Study, hours: tuple[int, ...] | None) -> str:
    if hours is None:
        return ""
    if not hours:
        return "No hour of the day is calm enough for it."
    rates = rates_of(left.workload)
    quiet = stretches(hours)
    if rates is None:
        return ""
    first, after = quietest(worst_day(rates))
    most = max(_busy(left, worst_day(rates)[(first + step) % HOURS_A_DAY]) for step in range(QUIET_HOURS))
    calmest = f"{first}:00 to {after}:00 (at most {percent(most)} busy)"
    if quiet == ((0, HOURS_A_DAY),):
        return f"Any hour is calm enough for it, best {calmest}."
    spans = " and ".join(f"{begin}:00 to {end}:00" for begin, end in quiet)
    return f"Calm enough for it are the hours from {spans}, best {calmest}."


def _cold_cache(study: Study) -> ColdCache | None:
    shares = [
        estimate(item.cached_share).mid for item in study.workload.mix().values() if item.cached_share is not None
    ]
    if max(shares, default=0.0) <= 0:
        return None
    cold = study.cached(0.0)
    refused = excess(cold.capacity, study.workload.peak)
    hours = safe_hours(cold)
    carried = f"With a cold cache {digits(cold.capacity.value)} requests/s are carried"
    holds = "so the peak holds" if refused.value == 0 else f"so {percent(refused.value)} of the peak's are refused"
    return ColdCache(
        capacity_rps=cold.capacity,
        refused=refused,
        safe_hours=hours,
        says=f"{carried}, {holds} until it is full again. {_when(cold, hours)}".rstrip(),
    )


def _holes(study: Study, group: Equals) -> tuple[Hole, ...]:
    """A planned change of the primary where there is a replica, and its death."""
    kinds = stopped(study.network, group.dead(group.count))
    share = share_of(kinds, study.workload)
    if share <= 0:
        return ()
    repair = repair_hours(study.network, group.hosts[0]).scaled(3600)
    name = group.hosts[0]
    if replicas(study.network, name):
        return (
            _hole(study, f"planned change of the primary from {name} to its replica", SWITCHOVER, share),
            _hole(study, f"death of {name} until a person promotes its replica", repair, share),
        )
    return (_hole(study, f"death of {name} until it is set up anew and restored", repair, share),)


def _hole(study: Study, what: str, seconds: Estimate, share: float) -> Hole:
    rate = study.workload.peak.mid * share
    most = float(study.cluster.limits.request_seconds)
    ends = (seconds.mid, seconds.low, seconds.high)
    waited = _number([rate * min(end, most) for end in ends], "requests", "rate * seconds that a request may wait")
    refused = _number([rate * max(0.0, end - most) for end in ends], "requests", "rate * the rest of the hole")
    recovery = [worked_off_seconds(study.workload.peak.mid, study.capacity.value, min(end, most)) for end in ends]
    known = [end for end in recovery if end is not None]
    worked = _number(known, "s", "λT / (C - λ)") if len(known) == len(ends) else None
    return Hole(
        what=what,
        seconds=_number(list(ends), "s", seconds.source),
        waiting=waited,
        refused=refused,
        recovery_seconds=worked,
        says=_hole_says(what, seconds, waited, refused, worked),
    )


def _hole_says(what: str, seconds: Estimate, waiting: Number, refused: Number, worked: Number | None) -> str:
    parts = [f"{digits(waiting.value)} requests wait"]
    if refused.value > 0:
        parts.append(f"{digits(refused.value)} are refused")
    after = "what waited is never worked off" if worked is None else f"it is as before {digits(worked.value)} s later"
    return f"{what[0].upper()}{what[1:]} ({_span(seconds)}) at the peak: {' and '.join(parts)}; {after}."


def _span(seconds: Estimate) -> str:
    if seconds.mid < 120:
        return f"{digits(seconds.low)} to {digits(seconds.high)} s"
    return f"{digits(seconds.low / 3600)} to {digits(seconds.high / 3600)} hours"


def _number(ends: Sequence[float], unit: str, why: str) -> Number:
    return Number(value=ends[0], low=min(ends), high=max(ends), kind="approximate", unit=unit, why=why)
