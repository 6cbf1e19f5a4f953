"""What one mean request of the site asks of every role and every server, in one world of the uncertain inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from topology.capacity.flows import NOBODY, Key, Lost, Route, routes
from topology.capacity.uncertainty import Corner, World, at
from topology.components import Cluster, Demand, Placed
from topology.design import Host
from topology.workload import Kind, RequestClass, Workload, kind_of

Mix = Mapping[str, RequestClass]


@dataclass(frozen=True, kw_only=True)
class Network:
    """A cluster with the routes of its requests: all that does not depend on what a request costs."""

    cluster: Cluster
    routes: Mapping[Kind, Route]
    hosts: Mapping[str, Host]
    placed: Mapping[Key, Placed]
    lost: Lost = field(default_factory=dict)

    def servers(self, host: str) -> int:
        """Living servers for which a host stands."""
        return self.cluster.stands_for(host) - self.lost.get(host, 0)

    @cached_property
    def in_turn(self) -> Mapping[str, int]:
        """By host: among how many servers its requests are dealt in turn; left out where chance decides on any."""
        found: dict[str, int] = {}
        by_chance: set[str] = set()
        for route in self.routes.values():
            for ask in (ask for asks in route.asks.values() for ask in asks):
                apart = {hop.to[0]: hop.servers for hop in ask.hops if hop.share > 0 and not hop.local}
                if ask.policy == "round_robin":
                    found.update({host: max(sum(apart.values()), found.get(host, 1)) for host in apart})
                else:
                    by_chance.update(apart)
        return {host: servers for host, servers in found.items() if host not in by_chance and servers > 1}


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """One class of requests passing one role."""

    key: Key
    name: str
    """Name of the class."""
    visits: float
    """Passes on one such server for one mean request of the whole site."""
    remote: float
    """Those whose client is on another host."""
    servers: int
    """Equal servers for which this one stands."""
    demand: Demand


@dataclass(frozen=True, kw_only=True)
class State:
    """One world, for one mean request of the site a second: everything that grows in proportion to the rate."""

    items: tuple[Passage, ...]
    """The passages that it adds up."""
    own: Mapping[tuple[Key, str], float]
    """CPU seconds of one pass of a class at a role, on its host's cores."""
    reading: Mapping[tuple[Key, str], float] = field(default_factory=dict)
    """Seconds for which such a pass keeps its host's disk busy; left out where it does not."""
    cpu: dict[str, float] = field(default_factory=dict)
    """CPU seconds by host."""
    disk: dict[str, float] = field(default_factory=dict)
    """Seconds of the disk by host."""
    sent: dict[str, float] = field(default_factory=dict)
    """Bytes over the network card by host."""
    visits: dict[Key, float] = field(default_factory=dict)
    """Requests by role."""

    @cached_property
    def taken(self) -> Mapping[tuple[Key, str], float]:
        """Seconds of one pass of a class at a role, without queueing: of the cores and of the disk."""
        if not self.reading:
            return self.own
        return {**self.own, **{pair: self.own[pair] + busy for pair, busy in self.reading.items()}}


def network_of(cluster: Cluster, workload: Workload, *, lost: Lost = NOBODY) -> Network:
    """The network of a cluster for the kinds of request in the workload; raises TierwrightError without a route.

    With servers `lost`, those that are left keep their settings and take what the dead ones had.
    """
    kinds = dict.fromkeys(kind_of(name, item) for name, item in workload.mix().items() if item.share > 0)
    return Network(
        cluster=cluster,
        routes=routes(cluster, kinds, lost=lost),
        hosts={h.name: h for h in cluster.design.hosts if cluster.stands_for(h.name) > lost.get(h.name, 0)},
        placed={placed.key: placed for placed in cluster.placed},
        lost=lost,
    )


def shares(mix: Mix) -> dict[str, float]:
    """The share of each class that has one, made to add up to 1."""
    total = sum(item.share for item in mix.values())
    return {name: item.share / total for name, item in mix.items() if item.share > 0}


def passages(network: Network, mix: Mix) -> tuple[Passage, ...]:
    """Every class at every role that it passes, with what it costs there."""
    found: list[Passage] = []
    for name, share in shares(mix).items():
        kind = kind_of(name, mix[name])
        route = network.routes[kind]
        for key, visits in route.visits.items():
            placed = network.placed[key]
            demand = placed.component.demand(placed, kind, mix[name]) if visits > 0 else None
            if demand is not None:
                found.append(
                    Passage(
                        key=key,
                        name=name,
                        visits=share * visits,
                        remote=share * route.remote[key],
                        servers=network.servers(key[0]),
                        demand=demand,
                    )
                )
    return tuple(found)


def work_scv(network: Network, item: Passage) -> float:
    """Squared coefficient of variation of what a pass takes, alone: 1, or less where it comes in several calls.

    The site's code is dear or cheap for a whole request; its queries are each by themselves, so the sum of n of them
    varies by 1/n.
    """
    endpoints = network.cluster.endpoints_of(network.placed[item.key])
    if any(endpoint.service == "app" for endpoint in endpoints):
        return 1.0
    return 1 / max(1.0, item.demand.calls)


def state(
    network: Network, mix: Mix, items: tuple[Passage, ...], corner: Corner, *, sent: Corner | None = None
) -> State:
    """The passages added up by host, CPU at one end of its range and what is sent at one of its own."""
    own: dict[tuple[Key, str], float] = {}
    reading: dict[tuple[Key, str], float] = {}
    result = State(items=items, own=own, reading=reading)
    for name, share in shares(mix).items():
        for key, visits in network.routes[kind_of(name, mix[name])].visits.items():
            result.visits[key] = result.visits.get(key, 0.0) + share * visits
    for item in items:
        host = item.key[0]
        seconds = at(item.demand.cpu_ms, corner) / 1000 / network.hosts[host].type.speed
        own[item.key, item.name] = seconds
        result.cpu[host] = result.cpu.get(host, 0.0) + item.visits * seconds
        busy = 0.0 if item.demand.disk_ms is None else at(item.demand.disk_ms, corner) / 1000
        if busy > 0:
            reading[item.key, item.name] = busy
            result.disk[host] = result.disk.get(host, 0.0) + item.visits * busy
        if item.demand.bytes_out is not None and item.remote > 0:
            size = at(item.demand.bytes_out, sent or corner)
            result.sent[host] = result.sent.get(host, 0.0) + item.remote * size
    return result


def states(network: Network, worlds: tuple[World, ...]) -> tuple[State, ...]:
    """The state of each world; what a mix costs is asked once, however many worlds share it."""
    asked: dict[int, tuple[Passage, ...]] = {}
    found = []
    for world in worlds:
        if id(world.mix) not in asked:
            asked[id(world.mix)] = passages(network, world.mix)
        found.append(state(network, world.mix, asked[id(world.mix)], world.corner, sent=world.sent))
    return tuple(found)


class Times:
    """Sums of seconds along the ways of one class, from a role inwards, each role's pass taken once a visit."""

    def __init__(self, network: Network, mix: Mix, seconds: Mapping[tuple[Key, str], float]) -> None:
        self._network = network
        self._kinds = {name: kind_of(name, item) for name, item in mix.items()}
        self._seconds = seconds
        self._inward: dict[tuple[Key, str], float] = {}
        self._local: dict[tuple[Key, str], float] = {}

    def inward(self, key: Key, name: str) -> float:
        """Seconds of one request of a class from its arrival at a role to the answer, all hosts."""
        found = self._inward.get((key, name))
        if found is None:
            asks = self._network.routes[self._kinds[name]].asks.get(key, ())
            beyond = sum(hop.share * self.inward(hop.to, name) for ask in asks for hop in ask.hops)
            found = self._inward[key, name] = self._seconds.get((key, name), 0.0) + beyond
        return found

    def local(self, key: Key, name: str) -> float:
        """The part of it that is spent on the role's own host."""
        found = self._local.get((key, name))
        if found is None:
            asks = self._network.routes[self._kinds[name]].asks.get(key, ())
            beyond = sum(h.share * self.local(h.to, name) for ask in asks for h in ask.hops if h.local)
            found = self._local[key, name] = self._seconds.get((key, name), 0.0) + beyond
        return found
