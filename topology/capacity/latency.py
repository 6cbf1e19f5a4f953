"""Response times at the site's edge: sums of visits to shared cores, waits for workers, percentiles by gamma.

Of dynamic requests (pages and API calls), or of all where there are none; the way to the client is not in them.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from topology.capacity import queues
from topology.capacity.answer import Number
from topology.capacity.flows import OPENING, Ask, Hop, Key
from topology.capacity.holding import means
from topology.capacity.limits import Limits
from topology.capacity.loads import Times, shares, work_scv
from topology.capacity.percentiles import response_percentile
from topology.capacity.words import percent
from topology.components import DYNAMIC
from topology.workload import kind_of

Figure = Literal["mean", "p50", "p95", "p99"]
MOST_BOUNDED = 200
"""Slots of all applications up to which they are taken for a bound of the crowd behind them."""
FIGURES: Mapping[Figure, float | None] = {"mean": None, "p50": 0.50, "p95": 0.95, "p99": 0.99}
MODEL_ERROR: tuple[tuple[float, Mapping[Figure, float]], ...] = (
    (0.8, {"mean": 0.20, "p50": 0.20, "p95": 0.25, "p99": 0.25}),
    (math.inf, {"mean": 0.30, "p50": 0.30, "p95": 0.50, "p99": 0.70}),
)
"""How far the formulas themselves may be off, by the load they are used at (share of capacity).

Against simulations of 120 random plans, nine in ten lay within 2 % (mean and p95) and 7 % (p99) up to a load of 0.5,
within 12, 15 and 16 % up to 0.8, and within 26, 37 and 63 % above (docs/evidence/2/forecast_accuracy.md). A model
within 20 % of a real system's response is accepted as good (rule of Menascé and Almeida), so no narrower band is given.
"""


@dataclass(frozen=True, kw_only=True)
class Responses:
    """Response of one class of requests: mean in seconds, and variance."""

    mean: float
    variance: float


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """A design at one rate in one world, with what queueing adds at every server and before every pool of slots."""

    limits: Limits
    rate: float
    pooled: bool = False
    """Equal servers behind one balancer as one station with one queue: the other end of what balancing can do."""

    def responses(self, peers: Mapping[str, int]) -> Mapping[str, Responses] | None:
        """The response of each class that counts; None where something is overloaded."""
        busy = {host: self._cpu(host) for host in self.limits.network.hosts}
        reading = {host: self.rate * share for host, share in self.limits.state.disk.items()}
        if max((*busy.values(), *reading.values()), default=0.0) >= 1:
            return None
        cpu = self._cpu_seconds(self._stretches(busy, peers))
        seconds = dict(cpu)
        for pair, value in self.limits.state.reading.items():
            seconds[pair] += value / (1 - reading[pair[0][0]])
        waits = self._waits(cpu, seconds)
        if waits is None:
            return None
        paths = _Paths(self.limits, busy, seconds, waits)
        times = Times(self.limits.network, self.limits.mix, _with_waits(seconds, waits, self._classes()))
        return {name: _response(times, paths, name) for name in self._classes()}

    def _classes(self) -> tuple[str, ...]:
        mix = self.limits.mix
        named = tuple(shares(mix))
        return tuple(name for name in named if kind_of(name, mix[name]) in DYNAMIC) or named

    def _cpu(self, host: str) -> float:
        return self.limits.utilisation(host, "cpu", self.rate) or 0.0

    def _cpu_seconds(self, stretch: Mapping[str, float]) -> dict[tuple[Key, str], float]:
        """CPU of one pass with what sharing adds: of the host's cores, or of the few that a role has processes for."""
        state, hosts = self.limits.state, self.limits.network.hosts
        few = {pool.key: pool.cores for pool in self.limits.pools if pool.cores < hosts[pool.key[0]].type.cores}
        busy = dict.fromkeys(few, 0.0)
        for item in state.items:
            if item.key in few:
                busy[item.key] += self.rate * item.visits * state.own[item.key, item.name] / few[item.key]
        longer = {key: self._stretch(share, few[key]) for key, share in busy.items() if share < 1}
        return {pair: own * max(stretch[pair[0][0]], longer.get(pair[0], 1.0)) for pair, own in state.own.items()}

    def _waits(
        self, cpu: Mapping[tuple[Key, str], float], seconds: Mapping[tuple[Key, str], float]
    ) -> dict[Key, queues.Slots] | None:
        """What requests wait for a slot, once a server: whoever has one of its slots has waited for the others.

        A slot is held through what queueing adds elsewhere, too. Less is waited where requests are dealt in turn.
        """
        network, mix = self.limits.network, self.limits.mix
        times = Times(network, mix, seconds), Times(network, mix, cpu)
        longest: dict[str, tuple[Key, queues.Slots]] = {}
        for pool in self.limits.pools:
            inward, local = means(network, mix, times, pool.key, pool.visits)
            held = self.limits.holding.at(pool, self.rate, max(0.0, inward - local))
            if held is None:
                return None
            host = pool.key[0]
            turns = network.in_turn.get(host, 1)
            if turns > 1 and held.wait > 0:
                held = replace(held, wait=held.wait * queues.dealt_in_turn(min(1.0, held.busy / pool.slots), turns))
            if held.wait > 0 and (host not in longest or held.wait > longest[host][1].wait):
                longest[host] = (pool.key, held)
        return dict(longest.values())

    def _stretches(self, busy: Mapping[str, float], peers: Mapping[str, int]) -> dict[str, float]:
        """How much longer than alone a request takes; less where requests are dealt in turn, never below one queue."""
        network, behind = self.limits.network, self.limits.behind
        found = {}
        for host, machine in network.hosts.items():
            cores, turns = machine.type.cores, network.in_turn.get(host, 1)
            if self.pooled:
                found[host] = self._stretch(busy[host], cores * peers.get(host, 1))
            elif host in behind and behind[host] <= MOST_BOUNDED:
                found[host] = self._bounded(busy[host], cores, behind[host])
            else:
                left = queues.dealt_in_turn(busy[host], turns)
                stretch = 1 + left * (self._stretch(busy[host], cores) - 1)
                found[host] = stretch if turns == 1 else max(stretch, self._stretch(busy[host], cores * turns))
        return found

    @staticmethod
    @functools.lru_cache(maxsize=4096)
    def _bounded(busy: float, cores: int, most: int) -> float:
        return queues.bounded_stretch(busy, cores, most)

    @staticmethod
    @functools.lru_cache(maxsize=4096)
    def _stretch(busy: float, cores: int) -> float:
        return queues.ps_stretch(busy, cores)


@dataclass(frozen=True)
class _Paths:
    """The way of a class over the busiest provider of each service: where its time has the widest spread."""

    limits: Limits
    busy: Mapping[str, float]
    seconds: Mapping[tuple[Key, str], float]
    waits: Mapping[Key, queues.Slots]

    def relative_variance(self, name: str) -> float:
        """Squared coefficient of variation along the way; all visits to one server are one visit.

        Taking them for independent would make high percentiles too good.
        """
        by_host: dict[str, float] = {}
        variance = mean = 0.0
        for key in self._walk(name):
            own = self.seconds.get((key, name), 0.0)
            by_host[key[0]] = by_host.get(key[0], 0.0) + own
            variance += own**2 * self._work.get((key, name), 1.0)
            if key in self.waits:
                wait = self.waits[key]
                mean += wait.wait
                variance += wait.wait**2 * max(0.0, 2 / max(wait.wait_probability, 1e-9) - 1)
        for host, time in by_host.items():
            mean += time
            variance += time**2 * (self._scv(host) - 1)
        return variance / mean**2 if mean > 0 else 0.0

    @cached_property
    def _work(self) -> Mapping[tuple[Key, str], float]:
        network = self.limits.network
        return {(item.key, item.name): work_scv(network, item) for item in self.limits.state.items}

    def _scv(self, host: str) -> float:
        """Squared coefficient of variation of a visit of exponential work, all passes at a server together.

        Less where requests are dealt in turn, as for the mean. What is above 1 of it comes from sharing.
        """
        network, busy = self.limits.network, self.busy[host]
        cores, turns = network.hosts[host].type.cores, network.in_turn.get(host, 1)
        scv = queues.ps_scv(busy, cores)
        if turns == 1:
            return scv
        return max(1 + queues.dealt_in_turn(busy, turns) * (scv - 1), queues.ps_scv(busy, cores * turns))

    def _walk(self, name: str) -> list[Key]:
        asks = self.limits.network.routes[kind_of(name, self.limits.mix[name])].asks
        passed: list[Key] = []
        ahead = [OPENING]
        while ahead:
            for ask in asks.get(ahead.pop(), ()):
                key = self._busiest(ask).to
                passed.append(key)
                ahead.append(key)
        return passed

    def _busiest(self, ask: Ask) -> Hop:
        """Of equally busy ones the first; they are equal also where rounding makes a difference in the last digit."""
        return max(ask.hops, key=lambda hop: (hop.share > 0, round(self.busy[hop.to[0]], 9), hop.share / hop.servers))


def peers_of(limits: Limits) -> dict[str, int]:
    """By host: among how many servers a client elsewhere spreads the requests that reach it."""
    found: dict[str, int] = {}
    seen: set[tuple[tuple[str, ...], int]] = set()
    for route in limits.network.routes.values():
        for asks in route.asks.values():
            for ask in asks:
                apart = {hop.to[0]: hop.servers for hop in ask.hops if hop.share > 0 and not hop.local}
                hosts, servers = tuple(apart), sum(apart.values())
                if (hosts, servers) not in seen:
                    seen.add((hosts, servers))
                    found.update((host, max(servers, found.get(host, 1))) for host in hosts)
    return found


def figures(
    responses: Mapping[str, Responses], limits: Limits, wanted: Collection[Figure] = tuple(FIGURES)
) -> dict[Figure, float]:
    """Mean and percentiles in milliseconds over the classes that count, as a mixture by their shares."""
    weights = {name: share for name, share in shares(limits.mix).items() if name in responses}
    total = sum(weights.values())
    mean = sum(weight * responses[name].mean for name, weight in weights.items()) / total
    second = sum(w * (responses[n].variance + responses[n].mean ** 2) for n, w in weights.items()) / total
    variance = max(0.0, second - mean**2)
    asked = {figure: FIGURES[figure] for figure in wanted}
    return {
        figure: 1000 * (mean if share is None else response_percentile(share, mean=mean, variance=variance))
        for figure, share in asked.items()
    }


def banded(
    values: Mapping[Figure, float],
    ends: tuple[list[Mapping[Figure, float] | None], list[Mapping[Figure, float] | None]],
    *,
    load: float,
    cap_ms: float,
) -> dict[Figure, Number]:
    """The figures with their ranges: over the worlds (low ends, high ends), and the formulas' own error.

    An overloaded world has no end of its queue: its response is the time at which a request is cut off, `cap_ms`.
    """
    errors = next(errors for most, errors in MODEL_ERROR if load <= most)
    lows, highs = ends
    return {
        figure: Number(
            value=min(value, cap_ms),
            low=min(value, cap_ms, *(end[figure] for end in lows if end)) * (1 - errors[figure]),
            high=min(cap_ms, max(value, *(end[figure] if end else cap_ms for end in highs)) * (1 + errors[figure])),
            kind="approximate",
            unit="ms",
            why=_why(figure, errors[figure]),
        )
        for figure, value in values.items()
    }


def _why(figure: Figure, error: float) -> str:
    what = "mean" if figure == "mean" else f"{figure[1:]}th percentile"
    return (
        f"{what} of pages and API calls at the site's edge at the peak, without the way to the client: shared cores"
        f" (M/M/c, processor sharing), a disk (M/M/1) and waits for workers along the way; the formulas may be off by"
        f" {percent(error)}, and balancing in turn makes waits shorter than this by up to the lower end"
    )


def _with_waits(
    seconds: Mapping[tuple[Key, str], float], waits: Mapping[Key, queues.Slots], names: tuple[str, ...]
) -> Mapping[tuple[Key, str], float]:
    if not waits:
        return seconds
    waiting = {(key, name): held.wait for key, held in waits.items() for name in names}
    return {**seconds, **{pair: seconds.get(pair, 0.0) + wait for pair, wait in waiting.items()}}


def _response(times: Times, paths: _Paths, name: str) -> Responses:
    mean = times.inward(OPENING, name)
    return Responses(mean=mean, variance=mean**2 * paths.relative_variance(name))
