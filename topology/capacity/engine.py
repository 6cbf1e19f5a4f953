"""The engine: a design and what is asked of it in, a forecast out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from topology import document
from topology.capacity.answer import Break, Forecast, HostForecast, Number, Resource
from topology.capacity.availability import availability_of
from topology.capacity.basis import Guessed, guessed
from topology.capacity.calibration import Fit, fit
from topology.capacity.cost import cost_of
from topology.capacity.crossings import crossings
from topology.capacity.curves import Curve, curve_through
from topology.capacity.folding import Servers, SmallCluster, cluster_of, folded
from topology.capacity.growth import growth_of
from topology.capacity.hosts import host_forecasts, tier_forecasts
from topology.capacity.latency import FIGURES, Crowd, Figure, banded, figures, peers_of
from topology.capacity.limits import Limits, in_worlds
from topology.capacity.loads import Network, network_of
from topology.capacity.memory import Taken, memory_of
from topology.capacity.notes import notes_of
from topology.capacity.single_points import losses, single_points
from topology.capacity.uncertainty import spread
from topology.capacity.words import digits
from topology.components import Cluster, resolve
from topology.components import Limits as ClusterLimits
from topology.design import Design, WorkloadFile
from topology.errors import Place, TierwrightError
from topology.value import Estimate
from topology.workload import RequestClass, Workload

Change = Callable[[Mapping[str, RequestClass]], Mapping[str, RequestClass]]
"""What is made of the classes of requests once they agree with the observation, which was of the site before."""
ENGINE = "2.0"
"""Version of the formulas: it changes whenever the same plan would get other numbers."""
DEFAULT_LIMITS = ClusterLimits()


def forecast(
    design: Design,
    workload: Workload | None = None,
    *,
    limits: ClusterLimits = DEFAULT_LIMITS,
    lost: Collection[str] = (),
    change: Change | None = None,
) -> Forecast:
    """What a design carries under a workload (by default its own), what breaks first, and how sure that is.

    Rates are requests per second of the whole site. With servers `lost`, by name, it is the forecast of what is
    left: survivors keep their settings and take over. `change` is as in `survey`. Raises TierwrightError, with its
    place, where there is no workload or nobody answers a kind of request that it holds.
    """
    return _Engine(cluster_of(design, workload or workload_of(design), limits=limits, lost=lost), change).forecast()


def survey(
    design: Design,
    workload: Workload | None = None,
    *,
    limits: ClusterLimits = DEFAULT_LIMITS,
    lost: Collection[str] = (),
    change: Change | None = None,
    known: Curve | None = None,
) -> tuple[Forecast, Curve | None]:
    """The forecast, and the response times from an idle site to its capacity; None where no capacity is claimed.

    `change` is applied to the classes of requests once they agree with the observation, if there is one. `known` is
    the curve of the same site at other traffic: it does not depend on that, and is taken where its capacity agrees.
    """
    engine = _Engine(cluster_of(design, workload or workload_of(design), limits=limits, lost=lost), change)
    found = engine.forecast()
    is_known = known is not None and known.capacity == found.capacity_rps
    return found, known if is_known else engine.curve(found.capacity_rps)


def calibrate(workload: Workload, design: Design, *, limits: ClusterLimits = DEFAULT_LIMITS) -> Workload:
    """The workload with the cost of its dynamic requests fitted to `observed`; as it is where that cannot be."""
    return fit(resolve(design, workload, limits=limits), workload).workload


def forecast_of(cluster: Cluster) -> Forecast:
    """The forecast of a resolved cluster, which holds its workload."""
    if cluster.workload is None:
        raise _without_workload()
    return _Engine(folded(cluster)).forecast()


def workload_of(design: Design) -> Workload:
    if isinstance(design.workload, Workload):
        return design.workload
    if isinstance(design.workload, WorkloadFile):
        raise TierwrightError(
            f"the workload is kept in {design.workload.file}, which must be read first", place=Place(path="workload")
        )
    raise _without_workload()


def _without_workload() -> TierwrightError:
    return TierwrightError(
        "a forecast needs a workload; write one in the plan, or hand one in", place=Place(path="workload")
    )


@dataclass(frozen=True)
class _Engine:
    """One forecast in the making."""

    small: SmallCluster
    change: Change | None = None

    @property
    def workload(self) -> Workload:
        """What is asked."""
        return self.small.workload

    @cached_property
    def _network(self) -> Network:
        return network_of(self.small.cluster, self.workload, lost=self.small.lost)

    @cached_property
    def _fitted(self) -> Fit:
        fitted = fit(self.small.cluster, self.workload)
        return fitted if self.change is None else fitted.changed(self.change)

    @cached_property
    def _worlds(self) -> tuple[Limits, ...]:
        return in_worlds(self._network, self._fitted.worlds)

    def curve(self, capacity: Number) -> Curve | None:
        """The response times at rates up to the capacity."""

        def at(rate: float) -> Mapping[Figure, Number]:
            return self._latency(self._worlds, Estimate(low=rate, mid=rate, high=rate), capacity, ("mean", "p95"))

        return curve_through(at, capacity)

    def forecast(self) -> Forecast:
        """Put the parts together."""
        cluster, whole = self.small.cluster, self.small.folded.whole
        network, fitted, worlds = self._network, self._fitted, self._worlds
        memory = memory_of(cluster)
        peak = self.workload.peak
        hosts = host_forecasts(worlds, peak, memory)
        breaks, capacity = _breaks(worlds, hosts)
        latency = self._latency(worlds, peak, capacity)
        lost = losses(network)
        doubt = self._doubt(worlds, breaks, memory)
        notes = notes_of(
            network,
            self.workload,
            hosts,
            capacity=capacity,
            doubt=doubt,
            answered=bool(latency),
        )
        return Forecast(
            plan_digest=document.digest(whole),
            engine=ENGINE,
            offered_rps=float(peak.mid),
            capacity_rps=capacity,
            breaks_first=breaks,
            latency_ms=latency,
            availability=availability_of(network, hosts, lost),
            cost_month=cost_of(whole),
            guessed_share=doubt.share,
            headroom=1 - peak.mid / capacity.value if capacity.value > 0 else -1.0,
            hosts=Servers(self.small, hosts),
            tiers=tier_forecasts(network, hosts),
            single_points=single_points(network, lost),
            today=fitted.today,
            growth=growth_of(capacity, self.workload, whole.promise, crossings(worlds)),
            notes=(*fitted.notes, *notes),
        )

    def _doubt(self, worlds: Sequence[Limits], breaks: Break, memory: Mapping[str, tuple[Taken, ...]]) -> Guessed:
        """A mix that is itself a guess leaves nothing else."""
        if not self.workload.classes:
            return Guessed(share=1.0, about="cpu")
        met = [(limit.host, limit.resource) for world in worlds if (limit := world.first) is not None]
        return guessed(worlds[0].state.items, memory, [(breaks.server, breaks.resource), *met])

    def _latency(
        self, worlds: Sequence[Limits], peak: Estimate, capacity: Number, wanted: Collection[Figure] = tuple(FIGURES)
    ) -> Mapping[Figure, Number]:
        """At the offered rate; empty where something is overloaded or no capacity is claimed."""
        if peak.mid >= capacity.value:
            return {}
        peers = peers_of(worlds[0])
        value = self._figures(worlds[0], peak.mid, peers, wanted)
        if value is None:
            return {}
        lows = [self._figures(world, peak.low, peers, wanted, pooled=True) for world in worlds]
        highs = [self._figures(world, peak.high, peers, wanted) for world in worlds]
        cap_ms = 1000.0 * self.small.cluster.limits.request_seconds
        return banded(value, (lows, highs), load=peak.mid / capacity.value, cap_ms=cap_ms)

    @staticmethod
    def _figures(
        world: Limits, rate: float, peers: Mapping[str, int], wanted: Collection[Figure], *, pooled: bool = False
    ) -> Mapping[Figure, float] | None:
        responses = Crowd(limits=world, rate=rate, pooled=pooled).responses(peers)
        return None if responses is None else figures(responses, world, wanted)


def _breaks(worlds: Sequence[Limits], hosts: Sequence[HostForecast]) -> tuple[Break, Number]:
    """The first limit, and the capacity that it leaves; refused where a server swaps or turns its clients away."""
    for host in hosts:
        if host.max_rps == 0:
            resource: Resource = "memory" if host.memory.swaps else "connections"
            says = f"{host.name} has too {'little memory' if host.memory.swaps else 'few connections'} at any rate."
            refused = Break(tier=host.tier, server=host.name, resource=resource, at_rps=0.0, says=says)
            return refused, Number(value=0.0, low=0.0, high=0.0, kind="approximate", unit="1/s", why=says)
    met = [world.first for world in worlds]
    rates = [limit.rate for limit in met if limit is not None]
    first = met[0]
    if first is None or not rates:
        raise TierwrightError(
            "no role of this plan says what a request costs it, so nothing can be forecast", place=Place(path="tiers")
        )
    says = _says(first.host, first.resource, first.rate, worlds[0])
    tier = worlds[0].network.hosts[first.host].tier
    capacity = spread(rates, unit="1/s", why=says)
    return Break(tier=tier, server=first.host, resource=first.resource, at_rps=first.rate, says=says), capacity


def _says(host: str, resource: Resource, rate: float, limits: Limits) -> str:
    at_rate = f"at {digits(rate)} requests/s of the whole site"
    if resource == "cpu":
        cores = limits.network.hosts[host].type.cores
        seconds = limits.state.cpu[host]
        return (
            f"The CPU of {host} is full {at_rate}: {cores} cores / {digits(seconds * 1000)} ms that a mean request of"
            " the site takes there."
        )
    if resource == "network":
        sent = limits.state.sent[host]
        return (
            f"The network card of {host} is full {at_rate}: a mean request of the site sends {sent:,.0f} bytes there."
        )
    if resource == "disk":
        busy = limits.state.disk[host]
        return f"The disk of {host} is busy all the time {at_rate}: a mean request reads for {digits(busy * 1000)} ms."
    if resource == "workers":
        return f"Every worker of {host} is held {at_rate}, while its CPU is not: more workers would carry more."
    return f"Every connection of {host} is in use {at_rate}."
