"""What lessons look at: a plan under its workload, with what requests cost in every world that agrees with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from topology.capacity.answer import Forecast
from topology.capacity.engine import DEFAULT_LIMITS, forecast, workload_of
from topology.capacity.folding import cluster_of
from topology.capacity.holding import Pool
from topology.capacity.limits import Limits
from topology.capacity.loads import Passage, shares
from topology.capacity.study import Study, study_of
from topology.components import DYNAMIC, Cluster
from topology.demands import Surroundings, demand_of, surroundings_of
from topology.design import Design, Host
from topology.errors import Place, TierwrightError
from topology.value import Estimate
from topology.workload import Kind, RequestClass, Workload, kind_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Situation:
    """A plan, and what is asked of it."""

    design: Design
    """With the workload in it."""
    workload: Workload

    @classmethod
    def of(cls, design: Design, workload: Workload | None = None) -> Situation:
        """The situation of a design under a workload, by default its own; raises TierwrightError without one."""
        asked = workload or workload_of(design)
        return cls(design=design.model_copy(update={"workload": asked}), workload=asked)

    @cached_property
    def forecast(self) -> Forecast:
        """What the plan carries as it stands."""
        return forecast(self.design)

    @cached_property
    def study(self) -> Study:
        """The plan in every world."""
        return study_of(cluster_of(self.design, self.workload, limits=DEFAULT_LIMITS).cluster, self.workload)

    @property
    def worlds(self) -> tuple[Limits, ...]:
        """The limits in every world, the expected one first."""
        return self.study.worlds

    @property
    def cluster(self) -> Cluster:
        """The servers, of many equal ones a few."""
        return self.study.cluster

    @cached_property
    def surroundings(self) -> Surroundings:
        """Clients and popularity, what nobody says filled in."""
        return surroundings_of(self.workload)

    @property
    def peak(self) -> float:
        """Requests per second of the site at the peak."""
        return self.workload.peak.mid

    @cached_property
    def pages(self) -> float:
        """Pages and calls of the API per second at the peak."""
        return self.peak * self.dynamic(self.worlds[0].mix)

    def dynamic(self, mix: Mapping[str, RequestClass]) -> float:
        """The share of requests that Django answers."""
        return sum(share for name, share in shares(mix).items() if kind_of(name, mix[name]) in DYNAMIC)

    @cached_property
    def app_host(self) -> Host:
        """The server that runs the application; the first, where there are several. TierwrightError without one."""
        hosts = self.cluster.hosts_offering("app")
        if not hosts:
            raise TierwrightError(
                "no server of this plan runs an application server, which the chapter's advice is about",
                place=Place(path="tiers"),
            )
        return hosts[0]

    def servers(self, service: str) -> int:
        """How many servers offer a service."""
        return sum(self.cluster.stands_for(host.name) for host in self.cluster.hosts_offering(service))

    def offers(self, key: tuple[str, str]) -> frozenset[str]:
        """The services of a role."""
        placed = self.study.network.placed[key]
        return frozenset(placed.component.offers.get(placed.role.name, ()))

    def kind(self, world: Limits, item: Passage) -> Kind:
        """The kind of request that passes."""
        return kind_of(item.name, world.mix[item.name])

    def cpu(self, world: Limits, wanted: Callable[[Passage], bool]) -> float:
        """CPU seconds, as of the application's server, that one mean request of the site takes in these passages."""
        speed = self.app_host.type.speed
        return sum(
            item.visits
            * item.servers
            * world.state.own[item.key, item.name]
            * world.network.hosts[item.key[0]].type.speed
            / speed
            for item in world.state.items
            if wanted(item)
        )

    def app_pools(self, world: Limits) -> tuple[Pool, ...]:
        """The application's slots, server by server, equal ones once."""
        return tuple(pool for pool in world.pools if "app" in self.offers(pool.key))

    def page_seconds(self, world: Limits) -> float:
        """How long a page holds its slot when nobody else is there."""
        pools = self.app_pools(world)
        visits = sum(pool.visits for pool in pools)
        return sum(pool.visits * (pool.service + pool.think) for pool in pools) / visits if visits else 0.0

    @cached_property
    def slots(self) -> int:
        """Slots of all application servers."""
        return sum(pool.slots * self.cluster.stands_for(pool.key[0]) for pool in self.app_pools(self.worlds[0]))

    @cached_property
    def worker_mib(self) -> Estimate:
        """Memory of one worker process of the application, in MiB, its share of the master's with it."""
        placed = next(each for each in self.cluster.placed if "app" in self.offers(each.key))
        processes = sum(each.processes or 1 for each in self.cluster.endpoints_of(placed) if each.service == "app")
        parts = list(placed.component.memory(placed).parts.values())
        whole = parts[0]
        for part in parts[1:]:
            whole = whole.plus(part)
        return whole.scaled(1 / max(1, processes))

    def proxies(self) -> tuple[str, ...]:
        """The roles that stand between the public and the application, and hold slow clients in its place."""
        edges = [edge for edge in self.cluster.edges if edge.endpoint.service == "app"]
        if any(edge.client not in self.study.network.hosts for edge in edges):
            return ()
        return tuple(dict.fromkeys(edge.client_role for edge in edges))

    def queries(self, world: Limits) -> float:
        """Queries of the database that one mean request of the site asks."""
        return sum(
            share
            * demand_of(world.mix[name], kind_of(name, world.mix[name])).database_calls.mid
            * (1 - demand_of(world.mix[name], kind_of(name, world.mix[name])).cached_share.mid)
            for name, share in shares(world.mix).items()
            if kind_of(name, world.mix[name]) in DYNAMIC
        )


def of_services(situation: Situation, services: Collection[str]) -> Callable[[Passage], bool]:
    """Whether a passage is through a role that offers one of these services."""
    return lambda item: bool(situation.offers(item.key) & set(services))
