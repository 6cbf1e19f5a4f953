"""Limits: for every server, how busy each resource is at a rate of the site, and the rate at which it is full."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from topology.capacity import bandwidth
from topology.capacity.answer import Resource
from topology.capacity.flows import Key
from topology.capacity.holding import CONNECTED, Holding, Pool, connections_configured, connections_most, pools_of
from topology.capacity.loads import Mix, Network, State, states
from topology.capacity.uncertainty import World

ORDER: tuple[Resource, ...] = ("cpu", "disk", "network", "workers", "connections")
"""At equal rates the first of these is named."""
CLEARLY = 0.95
"""Workers are named as a limit where they stop the site below this share of what the host's CPU would carry.

Above it more workers would gain less than a twentieth: it is the CPU that is short.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """A resource that is full at a rate of the whole site, requests per second."""

    host: str
    resource: Resource
    rate: float


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of every server in one world."""

    network: Network
    mix: Mix
    state: State
    holding: Holding

    @cached_property
    def pools(self) -> tuple[Pool, ...]:
        """Every role with slots."""
        return pools_of(self.network, self.mix, self.state)

    @cached_property
    def behind(self) -> Mapping[str, int]:
        """Servers that applications alone ask, and how many requests may be there at once: the slots of them all."""
        network = self.network
        holding = {pool.key for pool in self.pools if _runs_code(network, pool.key)}
        slots = sum(pool.slots * network.servers(pool.key[0]) for pool in self.pools if pool.key in holding)
        reached = {host for (host, _), visits in self.state.visits.items() if visits > 0}
        return {host: slots for host in reached if _only_stores(network, host)} if slots else {}

    @cached_property
    def by_host(self) -> Mapping[str, Mapping[Resource, float]]:
        """Rate of the site at which each resource of each server is full; a resource that cannot fill is left out."""
        found: dict[str, dict[Resource, float]] = {name: self._hardware(name) for name in self.network.hosts}
        for host, rate in connections_most(self.network, self.mix, self.state).items():
            found[host]["connections"] = rate
        for pool in self.pools:
            self._add_workers(found[pool.key[0]], pool)
        return found

    @cached_property
    def first(self) -> Limit | None:
        """The limit met first as traffic grows, of equal ones the first of the plan; None where nothing is asked."""
        met = [
            Limit(host=host, resource=resource, rate=rates[resource])
            for host, rates in self.by_host.items()
            for resource in ORDER
            if resource in rates
        ]
        return earliest(met)

    def full_at(self, host: str) -> float | None:
        """Rate of the site at which a server's first limit is met."""
        return min(self.by_host[host].values(), default=None)

    def utilisation(self, host: str, resource: Resource, rate: float) -> float | None:
        """Busy share of a resource at a rate of the site, above 1 where more is asked than there is.

        None where the server has no such resource, or nothing is known of it.
        """
        if resource == "connections":
            return self._connections(host, rate)
        if resource == "workers":
            return self._workers(host, rate)
        full = self.by_host[host].get(resource)
        if full is not None:
            return rate / full
        known = resource == "cpu" or (resource == "network" and self.network.hosts[host].type.network_mbit is not None)
        return 0.0 if known else None

    def _hardware(self, host: str) -> dict[Resource, float]:
        """The utilisation law: U = rate * demand / what there is."""
        rates: dict[Resource, float] = {}
        machine = self.network.hosts[host].type
        seconds = self.state.cpu.get(host, 0.0)
        if seconds > 0:
            rates["cpu"] = machine.cores / seconds
        reading = self.state.disk.get(host, 0.0)
        if reading > 0:
            rates["disk"] = 1 / reading
        if machine.network_mbit is not None:
            most = bandwidth.most_requests(self.state.sent.get(host, 0.0), machine.network_mbit)
            if most is not None:
                rates["network"] = most
        return rates

    def _add_workers(self, rates: dict[Resource, float], pool: Pool) -> None:
        most = self.holding.most(pool)
        if most is not None and most < CLEARLY * rates.get("cpu", float("inf")):
            rates["workers"] = min(most, rates.get("workers", float("inf")))

    def _workers(self, host: str, rate: float) -> float | None:
        busy = [self._busy(pool, rate) for pool in self._pools_by_host.get(host, ())]
        return max(busy, default=None)

    def _busy(self, pool: Pool, rate: float) -> float:
        held = self.holding.at(pool, rate)
        if held is not None:
            return held.busy / pool.slots
        most = self.holding.most(pool)
        return max(1.0, rate / most) if most else 1.0

    def _connections(self, host: str, rate: float) -> float | None:
        """The fuller of two: connections configured against those permitted, and calls against connections held."""
        configured = self.configured.get(host)
        shares = [configured[0] / configured[1]] if configured else []
        most = self.by_host[host].get("connections")
        if most is not None:
            shares.append(rate / most)
        return max(shares, default=None)

    @cached_property
    def configured(self) -> Mapping[str, tuple[int, int]]:
        """By host: connections that its clients may hold open, and how many it permits."""
        return connections_configured(self.network.cluster)

    @cached_property
    def _pools_by_host(self) -> Mapping[str, tuple[Pool, ...]]:
        table: dict[str, list[Pool]] = {}
        for pool in self.pools:
            table.setdefault(pool.key[0], []).append(pool)
        return {host: tuple(items) for host, items in table.items()}


def _runs_code(network: Network, key: Key) -> bool:
    return any(endpoint.service == "app" for endpoint in network.cluster.endpoints_of(network.placed[key]))


def _only_stores(network: Network, host: str) -> bool:
    """Everything that requests ask of this server lies behind an application."""
    offered = {
        endpoint.service
        for role in network.cluster.by_host[host]
        for endpoint in network.cluster.endpoints_of(role)
        if endpoint.carries
    }
    return bool(offered) and offered <= CONNECTED


def earliest(met: Sequence[Limit]) -> Limit | None:
    """The limit of the lowest rate; of rates that differ in their last digits only, the first."""
    lowest = min((limit.rate for limit in met), default=math.inf)
    return next((limit for limit in met if limit.rate <= lowest * (1 + 1e-9)), None)


def in_worlds(network: Network, worlds: tuple[World, ...]) -> tuple[Limits, ...]:
    """The limits in every world; equal pools are worked out once for all of them."""
    holding = Holding()
    return tuple(
        Limits(network=network, mix=world.mix, state=state, holding=holding)
        for world, state in zip(worlds, states(network, worlds), strict=True)
    )
