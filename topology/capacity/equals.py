"""Equal servers: which of a tier may stand in for each other, and what stops when some of them are dead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from topology.capacity.flows import OPENING, SOFT, Ask, Key, Lost, Route
from topology.capacity.loads import Network, shares
from topology.capacity.study import Study
from topology.design import Host
from topology.workload import KINDS, Kind, Workload, kind_of

BEYOND: Mapping[str, tuple[Kind, ...]] = {"dns": KINDS, "nfs": ("media",)}
"""Kinds that stop with a service that no request passes: nobody finds the site, or its files."""


@dataclass(frozen=True, kw_only=True)
class Equals:
    """Servers of one tier with the same roles, settings and type."""

    tier: str
    hosts: tuple[str, ...]
    """Representatives, in the order of the plan."""
    counts: tuple[int, ...]
    """How many servers each of them stands for."""

    @property
    def count(self) -> int:
        """Servers in all."""
        return sum(self.counts)

    def dead(self, number: int) -> Lost:
        """So many of them dead, the last of the plan first."""
        lost: dict[str, int] = {}
        for host, count in zip(reversed(self.hosts), reversed(self.counts), strict=True):
            lost[host] = min(count, number)
            number -= lost[host]
        return {host: taken for host, taken in lost.items() if taken}


def equals_of(network: Network) -> tuple[Equals, ...]:
    """The groups of equal servers without which requests are not answered as before, in the order of the plan."""
    passed = {key[0] for route in network.routes.values() for key in route.visits}
    passed.update(host for service in BEYOND for host in _offering(network, service))
    groups: list[list[Host]] = []
    for host in (host for name, host in network.hosts.items() if name in passed):
        group = next((known for known in groups if alike(known[0], host)), None)
        if group is None:
            groups.append([host])
        else:
            group.append(host)
    return tuple(_equals(network, [host.name for host in group]) for group in groups)


def stopped(network: Network, lost: Lost) -> tuple[Kind, ...]:
    """The kinds of request that nobody answers any more when these servers are dead."""
    gone = frozenset(host for host, taken in lost.items() if taken >= network.servers(host))
    beyond = {kind for service, kinds in BEYOND.items() if _all_gone(network, service, gone) for kind in kinds}
    going = (kind for kind in KINDS if kind in network.routes)
    return tuple(kind for kind in going if kind in beyond or _stops(network.routes[kind], gone))


def share_of(kinds: Sequence[Kind], workload: Workload) -> float:
    """Share of the requests that are of these kinds."""
    mix = workload.mix()
    return sum(share for name, share in shares(mix).items() if kind_of(name, mix[name]) in kinds)


def survivors(study: Study, group: Equals, lost: Lost) -> Study:
    """The study with some of a group dead; a cache that lost servers answers that much less."""
    left, share = study.without(lost), left_in_cache(study, group, sum(lost.values()))
    return left if share == 1 else left.cached(share)


def left_in_cache(study: Study, group: Equals, number: int) -> float:
    """Share of a cache's answers that is left with so many of the group dead; 1 for servers that are no cache."""
    return 1 - number / group.count if SOFT & services_of(study.network, group) else 1.0


def services_of(network: Network, group: Equals) -> frozenset[str]:
    """What the servers of a group offer."""
    placed = network.cluster.by_host[group.hosts[0]]
    return frozenset(endpoint.service for role in placed for endpoint in network.cluster.endpoints_of(role))


def alike(one: Host, other: Host) -> bool:
    """Of one tier, type and roles, settings included."""
    return one.tier == other.tier and one.type_name == other.type_name and one.roles == other.roles


def _equals(network: Network, hosts: Sequence[str]) -> Equals:
    tier = network.hosts[hosts[0]].tier
    return Equals(tier=tier, hosts=tuple(hosts), counts=tuple(network.servers(host) for host in hosts))


def _offering(network: Network, service: str) -> frozenset[str]:
    """Servers that offer a service which somebody uses."""
    if not any(edge.endpoint.service == service for edge in network.cluster.edges):
        return frozenset()
    return frozenset(offer.placed.host.name for offer in network.cluster.providers(service))


def _all_gone(network: Network, service: str, gone: frozenset[str]) -> bool:
    offering = _offering(network, service)
    return bool(offering) and offering <= gone


def _stops(route: Route, gone: frozenset[str]) -> bool:
    """Someone on the way has nobody left to ask."""
    known: dict[Key, bool] = {}

    def answered(key: Key) -> bool:
        if key not in known:
            known[key] = key[0] not in gone and all(served(ask) for ask in route.asks.get(key, ()) if not ask.soft)
        return known[key]

    def served(ask: Ask) -> bool:
        return any(answered(hop.to) for hop in ask.hops)

    return not all(served(ask) for ask in route.asks[OPENING])
