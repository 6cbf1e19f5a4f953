"""What a request holds while it is served: slots of workers, and connections to the stores behind them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from topology.capacity import queues
from topology.capacity.flows import STORES, Hop, Key
from topology.capacity.loads import Mix, Network, State, Times, shares
from topology.components import Cluster, Endpoint
from topology.workload import kind_of

HELD: frozenset[str] = frozenset({"app", "balancer", "media", "web"})
"""Services whose slots are held by one request each, from its start to its end."""
CONNECTED: frozenset[str] = STORES - {"nfs"} | {"pool"}
"""Services whose slots are connections."""
MOST_EXACT = 200
"""Slots up to which their queue is worked out in full; with more, only their bound can matter."""
KEPT = 4096
"""Pools whose limit is remembered: it does not depend on traffic, so a forecast of the same site finds it there."""
_SOMEBODY: Key = ("", "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """The slots of one role, and what a request does while it holds one."""

    key: Key
    slots: int
    visits: float
    """Requests here for one mean request of the site."""
    service: float
    """CPU seconds on this host while a slot is held, mean of a request here."""
    think: float
    """Seconds elsewhere while a slot is held, without queueing."""
    others: float
    """CPU seconds that the host spends on everything else for one request here."""
    cores: int
    """Cores that its requests can use at once: not more than it has processes."""


class Holding:
    """Answers about pools; equal servers share them, so each is worked out once."""

    def __init__(self) -> None:
        self._slots: dict[tuple[float, int, int, float, float], queues.Slots] = {}

    def most(self, pool: Pool) -> float | None:
        """Rate of the whole site at which every slot is always held; None where nothing is held.

        The closed network of the slots with the host's cores, of which the host's other work takes its share.
        Queueing at other hosts is left out: it is counted at their own limit.
        """
        if pool.visits <= 0 or pool.service + pool.think <= 0:
            return None
        return _most(replace(pool, key=_SOMEBODY, visits=1.0)) / pool.visits

    def at(self, pool: Pool, site_rate: float, think: float | None = None) -> queues.Slots | None:
        """The slots held and waited for at a rate of the site; None where they cannot carry it.

        `think` is the time elsewhere with the queueing that it meets at this rate; by default there is none.
        """
        most = self.most(pool)
        rate = site_rate * pool.visits
        if most is not None and site_rate >= most:
            return None
        away = pool.think if think is None else think
        if pool.service <= 0 or pool.slots > MOST_EXACT:
            return queues.Slots(busy=rate * (pool.service + away), wait=0.0, wait_probability=0.0)
        service = pool.service / _left(pool, rate)
        if think is not None and _passed(replace(pool, think=think), service) <= rate:
            return None
        key = (rate, pool.slots, pool.cores, service, away)
        if key not in self._slots:
            self._slots[key] = queues.slots(*key)
        return self._slots[key]


def _left(pool: Pool, rate: float) -> float:
    """Share of the cores that the host's other work leaves, at a rate of requests here."""
    return 1 - rate * pool.others / pool.cores


@lru_cache(maxsize=KEPT)
def _most(pool: Pool) -> float:
    """The rate here at which what the slots can pass and what comes are equal, by halving: one falls, one rises."""
    low, high = 0.0, _passed(pool, pool.service)
    if pool.others <= 0:
        return high
    for _ in range(60):
        middle = (low + high) / 2
        left = _left(pool, middle)
        carries = left > 0 and _passed(pool, pool.service / left) > middle
        low, high = (middle, high) if carries else (low, middle)
    return low


def _passed(pool: Pool, service: float) -> float:
    if service <= 0:
        return pool.slots / pool.think
    if pool.slots <= MOST_EXACT:
        return queues.closed_throughput(pool.slots, pool.cores, service, pool.think)
    return min(pool.cores / service, pool.slots / (service + pool.think))


def pools_of(network: Network, mix: Mix, state: State) -> tuple[Pool, ...]:
    """Every role with a limited number of slots that requests pass."""
    times = Times(network, mix, state.taken), Times(network, mix, state.own)
    found = []
    for key, visits in state.visits.items():
        endpoints = network.cluster.endpoints_of(network.placed[key])
        count = _slots_held(endpoints)
        if count is not None and visits > 0:
            inward, local = means(network, mix, times, key, visits)
            found.append(
                Pool(
                    key=key,
                    slots=count,
                    visits=visits,
                    service=local,
                    think=max(0.0, inward - local),
                    others=max(0.0, state.cpu.get(key[0], 0.0) / visits - local),
                    cores=_computing(endpoints, network.hosts[key[0]].type.cores),
                )
            )
    return tuple(found)


def connections_configured(cluster: Cluster) -> Mapping[str, tuple[int, int]]:
    """By host: connections that its clients may hold open, and how many its role permits; the fullest role's."""
    found: dict[str, tuple[int, int]] = {}
    for placed in cluster.placed:
        permitted = _connections_permitted(cluster.endpoints_of(placed))
        if permitted is not None:
            into = cluster.edges_to(placed.host.name, *CONNECTED)
            held = sum(e.connections * e.fan_in for e in into if e.server_role == placed.role.name)
            before = found.get(placed.host.name)
            if before is None or held * before[1] > before[0] * permitted:
                found[placed.host.name] = (held, permitted)
    return found


def connections_most(network: Network, mix: Mix, state: State) -> Mapping[str, float]:
    """By client host: rate of the site at which the connections it may open are always in use.

    Little's law with the time of a call without queueing: rate * time / connections = 1.
    """
    times = Times(network, mix, state.taken)
    busy: dict[tuple[Key, Key, bool], float] = {}
    permitted: dict[tuple[Key, Key, bool], int] = {}
    for name, client, hop, calls in _connecting(network, mix):
        pair = (client, hop.to, hop.local)
        permitted[pair] = hop.connections
        busy[pair] = busy.get(pair, 0.0) + calls * times.inward(hop.to, name)
    found: dict[str, float] = {}
    for pair, connections in permitted.items():
        if busy[pair] > 0:
            host = pair[0][0]
            found[host] = min(found.get(host, math.inf), connections / busy[pair])
    return found


def _connecting(network: Network, mix: Mix) -> Iterator[tuple[str, Key, Hop, float]]:
    """Class, client, provider and calls for one mean request of the site, of every limited set of connections.

    The client is one server, and so is the provider: calls to several equal ones are spread over them.
    """
    for name, share in shares(mix).items():
        route = network.routes[kind_of(name, mix[name])]
        for client, visits in route.visits.items():
            for ask in route.asks.get(client, ()):
                if ask.service in CONNECTED:
                    limited = (hop for hop in ask.hops if hop.connections > 0)
                    yield from ((name, client, hop, share * visits * hop.share / hop.servers) for hop in limited)


def means(network: Network, mix: Mix, times: tuple[Times, Times], key: Key, visits: float) -> tuple[float, float]:
    """Seconds from a request's start to its end, all taken together, and those of CPU on the role's own host."""
    whole, cpu = times
    inward = local = 0.0
    for name, share in shares(mix).items():
        count = share * network.routes[kind_of(name, mix[name])].visits.get(key, 0.0)
        if count > 0:
            inward += count * whole.inward(key, name)
            local += count * cpu.local(key, name)
    return inward / visits, local / visits


def _slots_held(endpoints: tuple[Endpoint, ...]) -> int | None:
    """Slots of a role: those of each site added up, of several doors to one site the largest."""
    by_site: dict[str, int] = {}
    for endpoint in endpoints:
        if endpoint.service in HELD and endpoint.slots is not None:
            by_site[endpoint.site] = max(by_site.get(endpoint.site, 0), endpoint.slots)
    return sum(by_site.values()) if by_site else None


def _computing(endpoints: tuple[Endpoint, ...], cores: int) -> int:
    """Cores that a role can use at once: not more than it has processes, of all its sites together."""
    by_site = {e.site: e.processes for e in endpoints if e.service in HELD and e.processes is not None}
    return min(cores, sum(by_site.values())) if by_site else cores


def _connections_permitted(endpoints: tuple[Endpoint, ...]) -> int | None:
    """Connections that a role takes; however many doors and sites it has, they share them."""
    said = [e.slots for e in endpoints if e.service in CONNECTED and e.slots is not None]
    return max(said, default=None)
