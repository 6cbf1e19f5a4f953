"""A study: one cluster under one workload, with servers dead or a cache cold, each part worked out when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from topology.capacity.answer import Number, Resource
from topology.capacity.calibration import Fit, fit
from topology.capacity.flows import Lost
from topology.capacity.hosts import over_connected
from topology.capacity.latency import Crowd, peers_of
from topology.capacity.limits import Limits, in_worlds
from topology.capacity.loads import Network, network_of, shares
from topology.capacity.memory import memory_of, memory_use
from topology.capacity.percentiles import response_percentile
from topology.capacity.uncertainty import spread
from topology.components import Cluster
from topology.value import Estimate, estimate
from topology.workload import RequestClass, Workload

BUSY: tuple[Resource, ...] = ("cpu", "disk", "network", "workers")
"""What traffic keeps busy; connections that are only held open are not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moments:
    """Mean in seconds and variance of the response of the requests whose response times are given."""

    mean: float
    variance: float


@dataclass(frozen=True, kw_only=True)
class Busiest:
    """The resource that is fullest at a rate, of the tiers that are asked about."""

    tier: str
    resource: Resource
    share: Number


@dataclass(frozen=True, kw_only=True, eq=False)
class Study:
    """A cluster of representatives in every world that agrees with what is known of it."""

    cluster: Cluster
    workload: Workload
    fitted: Fit
    lost: Lost = field(default_factory=dict)

    @cached_property
    def network(self) -> Network:
        """The ways of requests; raises TierwrightError where nobody is left to answer some kind of them."""
        return network_of(self.cluster, self.workload, lost=self.lost)

    @cached_property
    def worlds(self) -> tuple[Limits, ...]:
        """The limits in every world, the expected one first."""
        return in_worlds(self.network, self.fitted.worlds)

    @cached_property
    def carries(self) -> bool:
        """A capacity is claimed: no server swaps, and none permits fewer connections than its clients may open."""
        memory = memory_of(self.cluster)
        return not any(
            memory_use(memory[name], host.type.ram_mib).swaps or over_connected(self.worlds[0], name)
            for name, host in self.network.hosts.items()
        )

    @cached_property
    def capacity(self) -> Number:
        """Rate of the site at which the first limit is met; endless where nothing limits what is left."""
        rates = [limit.rate for world in self.worlds if (limit := world.first) is not None]
        return spread(rates or [float("inf")], unit="1/s", why="rate at which the first limit of what is left is met")

    def moments(self, world: Limits, rate: float, *, pooled: bool = False) -> Moments | None:
        """The response in one world; None where something is overloaded."""
        if world.first is not None and rate >= world.first.rate:
            return None
        responses = Crowd(limits=world, rate=rate, pooled=pooled).responses(self._peers)
        if responses is None:
            return None
        weights = {name: share for name, share in shares(world.mix).items() if name in responses}
        total = sum(weights.values())
        mean = sum(weight * responses[name].mean for name, weight in weights.items()) / total
        second = sum(w * (responses[n].variance + responses[n].mean ** 2) for n, w in weights.items()) / total
        return Moments(mean=mean, variance=max(0.0, second - mean**2))

    def keeps(self, world: Limits, rate: float, p95_seconds: float) -> bool:
        """Whether the 95th percentile of the response in one world is no longer than this."""
        found = self.moments(world, rate)
        return found is not None and response_percentile(0.95, mean=found.mean, variance=found.variance) <= p95_seconds

    def busiest(self, rate: Estimate, *, tier: str | None = None) -> Busiest:
        """What is fullest at a rate of the site, on all tiers or on one, with its range over all worlds."""
        expected = self.worlds[0]
        found = [
            (expected.utilisation(name, resource, rate.mid) or 0.0, name, resource)
            for name, host in self.network.hosts.items()
            if tier in (None, host.tier)
            for resource in BUSY
        ]
        most, name, resource = max(found, key=lambda item: item[0])
        ends = [world.utilisation(name, resource, end) or 0.0 for world in self.worlds for end in (rate.low, rate.high)]
        why = f"{resource} of the busiest server"
        share = spread([most, *ends], unit="share", why=why)
        return Busiest(tier=self.network.hosts[name].tier, resource=resource, share=share)

    def without(self, lost: Lost) -> Study:
        """The same with other servers dead; those that are left keep their settings."""
        return replace(self, lost=lost)

    def cached(self, left: float) -> Study:
        """The same where the cache answers only this share of what it usually does: 0 is a cold one."""
        return replace(self, fitted=self.fitted.changed(cooled(left)))

    @cached_property
    def _peers(self) -> Mapping[str, int]:
        return peers_of(self.worlds[0])


def study_of(cluster: Cluster, workload: Workload) -> Study:
    """The study of a cluster as it stands, fitted to what was observed."""
    return Study(cluster=cluster, workload=workload, fitted=fit(cluster, workload))


def cooled(left: float) -> Callable[[Mapping[str, RequestClass]], Mapping[str, RequestClass]]:
    """What becomes of the classes of requests where the cache answers only this share of what it usually does."""
    return lambda mix: {name: cached(item, left) for name, item in mix.items()}


def cached(item: RequestClass, left: float) -> RequestClass:
    """A class of which the cache answers only this share of what it usually does."""
    if item.cached_share is None:
        return item
    return item.model_copy(update={"cached_share": estimate(item.cached_share).scaled(left)})
