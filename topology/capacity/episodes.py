"""A while in which a design is not as it always is, simulated: a deploy, a database that fails over, a cold cache.

The formulas of `transients` say what such a while does at most; here the requests go through it one by one, at the
peak, with every input as expected. What is shown for each stretch of time is the mean over independent runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from topology import popularity
from topology.capacity.answer import Number
from topology.capacity.engine import DEFAULT_LIMITS, workload_of
from topology.capacity.folding import cluster_of
from topology.capacity.loads import shares
from topology.capacity.scenario import Kind, Scenario
from topology.capacity.simulation import Change, Window, simulate_transient
from topology.capacity.study import Study, study_of
from topology.capacity.transients import RESTART
from topology.capacity.words import digits
from topology.components import DYNAMIC
from topology.components import Limits as ClusterLimits
from topology.demands import guess, surroundings_of
from topology.design import Design
from topology.errors import Place, TierwrightError
from topology.value import estimate
from topology.workload import Workload, kind_of

EpisodeName = Literal["deploy", "failover", "cold_cache"]
EPISODES: tuple[EpisodeName, ...] = ("deploy", "failover", "cold_cache")
BEFORE = 5
"""Stretches of time that are shown before anything happens."""
STRETCHES = 30
RUNS = 20
MOST_REQUESTS = 4_000_000
SETTLE = 2.0
"""Seconds between one server's return and the next one's restart. Our choice: a health check or two."""
MOST_RESTARTED = 3
"""Servers whose restarts are simulated; those after them go the same way."""
PAGES = guess(100, 2000, 50_000, "different pages of an unknown site")


@dataclass(frozen=True, kw_only=True)
class Episode:
    """What happened, stretch by stretch."""

    name: EpisodeName
    starts: float
    """Seconds from the first stretch to the change."""
    seconds: float
    """How long it lasts; what was asked meanwhile may take longer to be worked off."""
    windows: tuple[Window, ...]
    says: str

    def document(self) -> dict[str, Any]:
        """Plain data, ready for JSON; times in seconds, and milliseconds where the key says so."""
        return {
            "episode": self.name,
            "starts": self.starts,
            "seconds": self.seconds,
            "says": self.says,
            "windows": [_window(window) for window in self.windows],
        }


@dataclass(frozen=True, kw_only=True)
class _Course:
    """What changes, how long that takes, and how it is told."""

    seconds: float
    changes: Callable[[float], Iterator[Change]]
    """The changes, from the time that it starts."""
    what: str


def replay(
    design: Design,
    name: EpisodeName,
    workload: Workload | None = None,
    *,
    limits: ClusterLimits = DEFAULT_LIMITS,
    seed: int = 1,
    runs: int = RUNS,
) -> Episode:
    """Simulate an episode at the peak of a workload (by default the plan's own).

    The same seed gives the same answer. Raises TierwrightError as `forecast` does, and where the design has nothing
    that such an episode could happen to.
    """
    asked = workload or workload_of(design)
    study = study_of(cluster_of(design, asked, limits=limits).cluster, asked)
    rate = float(asked.peak.mid)
    scenario = Scenario(limits=study.worlds[0], rate=rate)
    course = _COURSES[name](scenario, study)
    window = max(course.seconds / 10, 0.5)
    starts = BEFORE * window
    horizon = window * max(STRETCHES, BEFORE + 2 * math.ceil(course.seconds / window))
    windows = simulate_transient(
        scenario.model,
        tuple(course.changes(starts)),
        seed=seed,
        horizon=horizon,
        window=window,
        runs=_runs(runs, rate * 2 * horizon),
    )
    return Episode(
        name=name, starts=starts, seconds=course.seconds, windows=windows, says=_says(course.what, starts, windows)
    )


def _runs(wanted: int, requests: float) -> int:
    """As many as were asked for, fewer where each is large."""
    return max(5, min(wanted, int(MOST_REQUESTS / max(1.0, requests))))


def _deploy(scenario: Scenario, study: Study) -> _Course:
    kind = _kind_with(scenario, study, "app", "runs the site's code")
    each = float(RESTART.mid)
    servers = min(kind.servers, MOST_RESTARTED)

    def changes(start: float) -> Iterator[Change]:
        for number in range(servers):
            at = start + number * (each + SETTLE)
            yield from _away(kind, number, at, at + each)

    more = "" if servers == kind.servers else f" (three of {kind.servers} are shown)"
    what = f"While {kind.name} and its equals are restarted one after the other{more}, {digits(each)} s each"
    if kind.servers == 1:
        what = f"While {kind.name}, the only one of its kind, is restarted for {digits(each)} s"
    return _Course(seconds=servers * (each + SETTLE) - SETTLE, changes=changes, what=what)


def _away(kind: Kind, number: int, gone: float, back: float) -> Iterator[Change]:
    """One server out of the balancer's choice; one that is alone stands still, and its requests wait."""
    if kind.group:
        yield Change(at=gone, group=kind.group, member=number, up=False)
        yield Change(at=back, group=kind.group, member=number, up=True)
    else:
        yield Change(at=gone, station=kind.cpu, up=False)
        yield Change(at=back, station=kind.cpu, up=True)


def _failover(scenario: Scenario, study: Study) -> _Course:
    """As long as the plan takes to find a dead server; a replica is promoted by a person (`transients`)."""
    kind = _kind_with(scenario, study, "sql", "keeps the database")
    seconds = float(study.cluster.limits.failover_seconds)
    stations = [station.name for station in scenario.model.stations if station.name in (kind.cpu, kind.disk)]

    def changes(start: float) -> Iterator[Change]:
        for station in stations:
            yield Change(at=start, station=station, up=False)
            yield Change(at=start + seconds, station=station, up=True)

    what = f"While the database on {kind.name} does not answer for {digits(seconds)} s"
    return _Course(seconds=seconds, changes=changes, what=what)


def _cold_cache(scenario: Scenario, study: Study) -> _Course:
    """Stations take as much longer as their servers have more to do, less as pages come back to the cache."""
    dear = _seconds_by_station(scenario, Scenario(limits=study.cached(0.0).worlds[0], rate=scenario.rate))
    if all(factor <= 1 + 1e-9 for factor in dear.values()):
        raise TierwrightError(
            "no class of this workload is answered from a cache, so a cold one changes nothing; say how much is"
            " (cached_share)",
            place=Place(path="workload.classes"),
        )
    filled = _filling(study.workload, scenario)
    seconds = _until(filled, 0.9)
    steps = 20

    def changes(start: float) -> Iterator[Change]:
        for step in range(steps):
            left = 1 - filled(seconds * step / steps)
            for station, factor in dear.items():
                yield Change(at=start + seconds * step / steps, station=station, factor=1 + (factor - 1) * left)
        for station in dear:
            yield Change(at=start + seconds, station=station, factor=1.0)

    what = f"While the cache fills again, nine tenths in {digits(seconds)} s"
    return _Course(seconds=seconds, changes=changes, what=what)


def _seconds_by_station(now: Scenario, cold: Scenario) -> dict[str, float]:
    """Station by station: how many times as long its work takes with a cold cache."""
    found = {}
    names = {station.name for station in now.model.stations}
    for kind in now.kinds:
        host = kind.hosts[0]
        pairs = ((kind.cpu, "cpu"), (kind.disk, "disk"))
        for station, resource in pairs:
            before: float = getattr(now.limits.state, resource).get(host, 0.0)
            after: float = getattr(cold.limits.state, resource).get(host, 0.0)
            if station in names and before > 0:
                found[station] = after / before
    return found


def _filling(workload: Workload, scenario: Scenario) -> Callable[[float], float]:
    """Share of the requests after t seconds that are for pages asked for since: sum of q_i (1 - exp(-q_i λ t)).

    q_i is Zipf's law over the site's pages, requests independent: what a cache without a limit would answer.
    """
    mix = scenario.limits.mix
    dynamic = sum(share for name, share in shares(mix).items() if kind_of(name, mix[name]) in DYNAMIC)
    rate = scenario.rate * dynamic
    pages = PAGES if workload.distinct_pages is None else estimate(workload.distinct_pages)
    ranks = popularity.zipf(max(1, round(pages.mid)), float(surroundings_of(workload).popularity.mid))
    return lambda time: math.fsum(rank.objects * rank.share * -math.expm1(-rank.share * rate * time) for rank in ranks)


def _until(filled: Callable[[float], float], share: float) -> float:
    """Seconds until so much is filled, by doubling and halving."""
    low, high = 0.0, 1.0
    while filled(high) < share:
        low, high = high, high * 2
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if filled(middle) < share else (low, middle)
    return high


def _kind_with(scenario: Scenario, study: Study, service: str, what: str) -> Kind:
    hosts = {host.name for host in study.cluster.hosts_offering(service)}
    for kind in scenario.kinds:
        if hosts.intersection(kind.hosts):
            return kind
    raise TierwrightError(f"no server of this plan {what}, so there is nothing to replay", place=Place(path="tiers"))


_COURSES: Mapping[EpisodeName, Callable[[Scenario, Study], _Course]] = {
    "deploy": _deploy,
    "failover": _failover,
    "cold_cache": _cold_cache,
}


def _says(what: str, starts: float, windows: tuple[Window, ...]) -> str:
    """The worst stretch beside those before the change, and when it is as before again, if it is by the end."""
    before = [w.p95.value for w in windows if w.p95 is not None and w.end <= starts]
    after = [(w, w.p95.value) for w in windows if w.p95 is not None and w.end > starts]
    if not before or not after:
        return f"{what}, hardly anybody asks: the peak is {digits(windows[0].offered.value)} requests/s."
    usual, worst = sum(before) / len(before), max(value for _, value in after)
    refused = sum(w.refused.value * (w.end - w.start) for w in windows)
    lost = f"{digits(refused)} requests are refused" if refused >= 0.5 else "no request is refused"
    if worst < 1.5 * usual:
        return f"{what}, nobody notices: 95 of 100 answers take up to {digits(worst * 1000)} ms, and {lost}."
    slow_until = max(w.end for w, value in after if value > 1.5 * usual)
    again = "not yet as before" if slow_until == after[-1][0].end else "as before"
    return (
        f"{what}, 95 of 100 answers take up to {digits(worst * 1000)} ms ({digits(usual * 1000)} ms before), and"
        f" {lost}. It is {again} after {digits(slow_until - starts)} s."
    )


def _window(window: Window) -> dict[str, Any]:
    milliseconds = {"mean_ms": window.mean, "p95_ms": window.p95}
    return {
        "start": window.start,
        "end": window.end,
        "offered": window.offered.document(),
        "answered": window.answered.document(),
        "refused": window.refused.document(),
        "waiting": window.waiting.document(),
        **{key: None if number is None else _in_ms(number).document() for key, number in milliseconds.items()},
    }


def _in_ms(number: Number) -> Number:
    return Number(
        value=number.value * 1000, low=number.low * 1000, high=number.high * 1000, kind=number.kind, unit="ms"
    )
