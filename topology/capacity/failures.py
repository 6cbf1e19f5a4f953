"""Failures: the forecast of the peak with one and with two servers of a kind dead; survivors keep their settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from topology.capacity.answer import Number
from topology.capacity.equals import Equals, equals_of, share_of, stopped, survivors
from topology.capacity.flows import Lost
from topology.capacity.study import Study
from topology.capacity.week import peak_latency
from topology.capacity.words import digits, percent
from topology.value import Estimate
from topology.workload import Kind

MOST_DEAD = 2
WORTH_SAYING = 0.005
"""Share of requests below which the death of a server makes no difference worth a sentence."""
NAMES = {"page": "pages", "api": "API requests", "static": "static files", "media": "media files"}
_NUMBERS = {1: "one", 2: "two"}


@dataclass(frozen=True, kw_only=True)
class Failure:
    """The peak with some servers of a kind dead."""

    tier: str
    servers: int
    """Equal servers that there are."""
    dead: int
    stops: tuple[Kind, ...]
    """Kinds of request that nobody answers any more."""
    refused: Number
    """Share of all requests at the peak that is turned away: those of the kinds that stop, and what is too much."""
    holds: bool
    """Every request of the peak is answered."""
    capacity_rps: Number | None
    """What is left; None where some kind stops."""
    busy: Number | None
    """Busiest resource of the survivors of the tier, above 1 where more is asked than there is; None without any."""
    p95_ms: Number | None
    """At the peak; None where it does not hold."""
    says: str


def failures_of(study: Study) -> tuple[Failure, ...]:
    """One and two servers dead, for every kind of server that matters to requests, in the order of the plan."""
    return tuple(
        failure_of(study, group, lost=group.dead(dead))
        for group in equals_of(study.network)
        for dead in range(1, min(MOST_DEAD, group.count) + 1)
    )


def excess(capacity: Number, peak: Estimate) -> Number:
    """Share of a rate that is above a capacity: 1 - capacity / rate, 0 where it is below."""
    return Number(
        value=max(0.0, 1 - capacity.value / peak.mid),
        low=max(0.0, 1 - capacity.high / peak.low) if peak.low > 0 else 0.0,
        high=max(0.0, 1 - capacity.low / peak.high),
        kind="approximate",
        unit="share",
        why="1 - capacity of the survivors / peak",
    )


def failure_of(study: Study, group: Equals, *, lost: Lost) -> Failure:
    """The peak with some servers of one group dead."""
    dead = sum(lost.values())
    stops = stopped(study.network, lost)
    if stops:
        return _stopping(study, group, dead, stops)
    left = survivors(study, group, lost)
    capacity, peak = left.capacity, study.workload.peak
    refused, before = excess(capacity, peak), excess(study.capacity, peak)
    busy = left.busiest(peak, tier=group.tier).share if _survivors_in(left, group.tier) else None
    p95 = peak_latency(left, peak).get("p95")
    return Failure(
        tier=group.tier,
        servers=group.count,
        dead=dead,
        stops=(),
        refused=refused,
        holds=refused.value == 0,
        capacity_rps=capacity,
        busy=busy,
        p95_ms=p95,
        says=f"{_with(group, dead)} {_outcome(refused, busy, p95, before)}.",
    )


def _stopping(study: Study, group: Equals, dead: int, stops: tuple[Kind, ...]) -> Failure:
    share = share_of(stops, study.workload)
    why = "share of the requests that nobody answers any more"
    refused = Number(value=share, low=share, high=share, kind="approximate", unit="share", why=why)
    everything = share > 1 - 1e-9
    what = "the whole site stops" if everything else f"{' and '.join(NAMES[kind] for kind in stops)} stop"
    says = f"{_with(group, dead)} {what}{'' if everything else f': {percent(share)} of requests are refused'}."
    return Failure(
        tier=group.tier,
        servers=group.count,
        dead=dead,
        stops=stops,
        refused=refused,
        holds=False,
        capacity_rps=None,
        busy=None,
        p95_ms=None,
        says=says,
    )


def _with(group: Equals, dead: int) -> str:
    if group.count == 1:
        return f"With {group.hosts[0]} dead"
    if dead == group.count:
        return f"With both {group.tier} servers dead"
    return f"With {_NUMBERS[dead]} of {group.count} {group.tier} servers dead"


def _survivors_in(left: Study, tier: str) -> bool:
    return any(left.network.servers(name) > 0 for name, host in left.network.hosts.items() if host.tier == tier)


def _outcome(refused: Number, busy: Number | None, p95: Number | None, before: Number) -> str:
    if refused.value > 0:
        return f"{percent(refused.value)} of requests are refused at the peak"
    risk = f"; up to {percent(refused.high)} may be refused" if refused.high > before.high + WORTH_SAYING else ""
    return ", ".join(_holding(busy, p95)) + risk


def _holding(busy: Number | None, p95: Number | None) -> Iterator[str]:
    yield "the peak holds"
    if busy is not None:
        yield f"the others are {percent(busy.value)} busy"
    if p95 is not None:
        yield f"p95 is {digits(p95.value)} ms"
