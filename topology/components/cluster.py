"""The cluster: a Design resolved, every role placed on its host and every edge between them known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from topology.components.base import (
    EVERY_HOST,
    Component,
    ConfigFile,
    Endpoint,
    Need,
    Placed,
    Policy,
    Protocols,
    Settings,
)
from topology.components.soundness import refuse_circles, refuse_clashes, refuse_misplaced
from topology.design import Design, Host, Place, Role, Site, TierwrightError
from topology.workload import Workload

PUBLIC = "public"
"""The name of the client of every public endpoint."""
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Plain numbers that hold for the whole cluster, worked out above and handed in."""

    request_seconds: int = 30
    """Time that one request may take in the application; every other timeout follows from it."""
    failover_seconds: int = 10
    """Time within which a dead server must be out of the traffic."""
    upload_mib: int = 20
    """Largest upload, the same at the balancer, the web server and Django."""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One allowed connection: who opens it, to whom, on which port, and why."""

    client: str
    """Host name, or PUBLIC."""
    client_role: str
    server: str
    server_role: str
    endpoint: Endpoint
    connections: int
    why: str
    fan_out: int = 1
    """Servers like this one that each client asks, itself among them: above 1 only where a host stands for others."""
    fan_in: int = 1
    """Clients like this one that each server has, itself among them."""
    apart: bool = False
    """Between two of the equal servers for which one host stands."""
    policy: Policy = "random"
    """How the client spreads requests over equal servers; the public takes any, as its resolver answers."""

    @property
    def local(self) -> bool:
        """Both ends are on the same host."""
        return self.client == self.server and not self.apart


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An endpoint and the role that offers it."""

    placed: Placed
    endpoint: Endpoint


@dataclass(frozen=True, eq=False)
class Cluster:
    """A design, what is asked of it, and the components that run it."""

    design: Design
    workload: Workload | None
    components: Mapping[str, Component]
    """Component by role name."""
    limits: Limits = Limits()
    equals: Mapping[str, int] = field(default_factory=dict)
    """How many equal servers a host stands for, itself among them; 1 where it is not named.

    A thousand equal servers are worked out as two, the first and one that stands for the rest. Files are written
    of clusters where every server stands for itself.
    """

    @property
    def sites(self) -> tuple[Site, ...]:
        """The sites that the cluster carries."""
        return self.design.sites

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """Every role on every host, the written ones first, then the implied ones."""
        return tuple(placed for host in self.design.hosts for placed in self._place(host))

    @cached_property
    def by_host(self) -> Mapping[str, tuple[Placed, ...]]:
        """Roles by host name."""
        table: dict[str, list[Placed]] = {host.name: [] for host in self.design.hosts}
        for placed in self.placed:
            table[placed.host.name].append(placed)
        return {name: tuple(items) for name, items in table.items()}

    @cached_property
    def offers(self) -> Mapping[str, tuple[Offer, ...]]:
        """Offers by service, in the order of the plan."""
        services = dict.fromkeys(s for placed in self.placed for s in self._may_offer(placed.role.name))
        return {service: found for service in services if (found := self.providers(service))}

    def providers(self, service: str) -> tuple[Offer, ...]:
        """Who offers a service. Inside `endpoints()`, ask only for services nearer to the data than one's own."""
        if service not in self._providers:
            self._providers[service] = tuple(
                Offer(placed=placed, endpoint=endpoint)
                for placed in self._may_provide.get(service, ())
                for endpoint in self.endpoints_of(placed)
                if endpoint.service == service
            )
        return self._providers[service]

    def endpoints_of(self, placed: Placed) -> tuple[Endpoint, ...]:
        """What a role offers, worked out once."""
        if placed.key not in self._endpoints:
            self._endpoints[placed.key] = placed.component.endpoints(placed)
        return self._endpoints[placed.key]

    def files_of(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """The files of a role, written once: a bundle, its checks and its runbook all ask for them."""
        if placed.key not in self._files:
            self._files[placed.key] = placed.component.files(placed)
        return self._files[placed.key]

    def hosts_offering(self, *services: str) -> tuple[Host, ...]:
        """Hosts with a role that may offer one of these services; safe to ask while endpoints are worked out."""
        if services not in self._hosts_offering:
            wanted = set(services)
            found = (p.host for p in self.placed if wanted.intersection(self._may_offer(p.role.name)))
            self._hosts_offering[services] = tuple({host.name: host for host in found}.values())
        return self._hosts_offering[services]

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Every connection of the design, the public ones first.

        Refused where two programs want one port, where a role lacks what it stands on, and where requests would go
        round in a circle.
        """
        refuse_clashes(self)
        refuse_misplaced(self)
        inner = tuple(edge for placed in self.placed for edge in self._edges_from(placed))
        refuse_circles(inner)
        return (*self._public_edges(), *inner)

    def stands_for(self, host: str) -> int:
        """How many equal servers a host stands for, itself among them."""
        return self.equals.get(host, 1)

    def count(self, *services: str) -> int:
        """Servers with a role that may offer one of these services."""
        if services not in self._counts:
            self._counts[services] = sum(self.stands_for(host.name) for host in self.hosts_offering(*services))
        return self._counts[services]

    def edges_to(self, host: str, *services: str) -> tuple[Edge, ...]:
        """Connections into a host; only those of the named services where any are named."""
        return tuple(e for e in self._edges_by_server.get(host, ()) if not services or e.endpoint.service in services)

    def connections_to(self, host: str, *services: str) -> int:
        """Connections that all clients together may hold open to a host."""
        return sum(edge.connections * edge.fan_in for edge in self.edges_to(host, *services))

    def edges_from(self, placed: Placed, *services: str) -> tuple[Edge, ...]:
        """Connections that a role opens; only those of the named services where any are named."""
        edges = self._edges_by_client.get(placed.key, ())
        return tuple(e for e in edges if not services or e.endpoint.service in services)

    def only_local(self, host: str, *services: str) -> bool:
        """All clients of these services of a host are on the host itself: loopback is enough to listen on."""
        return all(edge.local for edge in self.edges_to(host, *services))

    def address_of(self, edge: Edge) -> str:
        """The address by which every client knows the server of this edge, the same for all of them.

        Loopback where no client is elsewhere, else the server's own address, also for a client beside it: a list
        of cache servers must be the same text on every host, or each host would look for a key elsewhere.
        """
        loopback = self.only_local(edge.server, edge.endpoint.service)
        return LOOPBACK if loopback else self.host(edge.server).address

    def host(self, name: str) -> Host:
        """The host of that name; KeyError when there is none."""
        return self._hosts[name]

    def find(self, host: str, role: str) -> Placed:
        """A role on a host; KeyError when it is not there."""
        for placed in self.by_host[host]:
            if placed.role.name == role:
                return placed
        raise KeyError((host, role))

    def secrets_of(self, host: str, site: Site) -> tuple[str, ...]:
        """Names of the files in /etc/SITE/secrets that a site's settings read on a host, which its unit must show it.

        The settings look for them in the directory that CREDENTIALS_DIRECTORY names.
        """
        found = (name for placed in self.by_host[host] for name in placed.component.secrets(placed, site))
        return tuple(dict.fromkeys(found))

    @cached_property
    def _endpoints(self) -> dict[tuple[str, str], tuple[Endpoint, ...]]:
        return {}

    @cached_property
    def _providers(self) -> dict[str, tuple[Offer, ...]]:
        return {}

    @cached_property
    def _files(self) -> dict[tuple[str, str], tuple[ConfigFile, ...]]:
        return {}

    @cached_property
    def _counts(self) -> dict[tuple[str, ...], int]:
        return {}

    @cached_property
    def _hosts_offering(self) -> dict[tuple[str, ...], tuple[Host, ...]]:
        return {}

    @cached_property
    def _offers_by_host(self) -> dict[str, dict[str, tuple[Offer, ...]]]:
        return {}

    @cached_property
    def _may_provide(self) -> Mapping[str, tuple[Placed, ...]]:
        table: dict[str, list[Placed]] = {}
        for placed in self.placed:
            for service in self._may_offer(placed.role.name):
                table.setdefault(service, []).append(placed)
        return {service: tuple(items) for service, items in table.items()}

    @cached_property
    def _hosts(self) -> Mapping[str, Host]:
        return {host.name: host for host in self.design.hosts}

    @cached_property
    def _edges_by_server(self) -> Mapping[str, tuple[Edge, ...]]:
        table: dict[str, list[Edge]] = {}
        for edge in self.edges:
            table.setdefault(edge.server, []).append(edge)
        return {name: tuple(edges) for name, edges in table.items()}

    @cached_property
    def _edges_by_client(self) -> Mapping[tuple[str, str], tuple[Edge, ...]]:
        table: dict[tuple[str, str], list[Edge]] = {}
        for edge in self.edges:
            table.setdefault((edge.client, edge.client_role), []).append(edge)
        return {key: tuple(edges) for key, edges in table.items()}

    def _may_offer(self, role: str) -> tuple[str, ...]:
        component = self.components.get(role)
        return () if component is None else component.offers.get(role, ())

    def _place(self, host: Host) -> Iterator[Placed]:
        written = [self._placed(host, role) for role in host.roles]
        yield from written
        names = {role.name for role in host.roles}
        offered = names.union(*(self._may_offer(role.name) for role in host.roles))
        for component in dict.fromkeys(self.components.values()):
            wanted = component.implied_by
            if wanted and (EVERY_HOST in wanted or wanted & offered) and self._somewhere(component.implied_where):
                for name in component.roles:
                    if name not in names:
                        yield self._placed(host, Role(name=name))

    def _somewhere(self, services: frozenset[str]) -> bool:
        return not services or bool(services & self._written_services)

    @cached_property
    def _written_services(self) -> frozenset[str]:
        names = {role.name for host in self.design.hosts for role in host.roles}
        return frozenset(service for name in names for service in self._may_offer(name))

    def _placed(self, host: Host, role: Role) -> Placed:
        component = self.components.get(role.name)
        if component is None:
            raise TierwrightError(f"no role is called {role.name}", place=Place(path=f"tier {host.tier}"))
        written = component.settings.model_validate(dict(role.settings))
        return Placed(cluster=self, host=host, role=role, component=component, written=written)

    def _edges_from(self, placed: Placed) -> Iterator[Edge]:
        for need in placed.component.needs(placed):
            for offer in self._answer(placed, need):
                for fan_out, fan_in, apart in self._fans(placed, need, offer):
                    yield Edge(
                        client=placed.host.name,
                        client_role=placed.role.name,
                        server=offer.placed.host.name,
                        server_role=offer.placed.role.name,
                        endpoint=offer.endpoint,
                        connections=need.connections,
                        why=need.why,
                        fan_out=fan_out,
                        fan_in=fan_in,
                        apart=apart,
                        policy=need.policy,
                    )

    def _fans(self, placed: Placed, need: Need, offer: Offer) -> Iterator[tuple[int, int, bool]]:
        """Servers a client, clients a server, and whether between equals: of every edge from a role to an offer."""
        clients, servers = self.stands_for(placed.host.name), self.stands_for(offer.placed.host.name)
        if placed.host.name != offer.placed.host.name:
            yield servers, clients, False
            return
        if placed.key != offer.placed.key:
            yield 1, 1, False
        alone = need.local_first or offer.endpoint.socket is not None
        if servers > 1 and not (alone and placed.key != offer.placed.key):
            yield servers - 1, servers - 1, True

    def _answer(self, placed: Placed, need: Need) -> tuple[Offer, ...]:
        for service in need.services:
            beside = self._offers_on(service, placed.host.name) if need.local_first else ()
            local = tuple(offer for offer in beside if self._reaches(placed, offer))
            if local:
                return local
            offers = tuple(o for o in self.providers(service) if self._reaches(placed, o))
            if offers:
                return offers
        return ()

    def _offers_on(self, service: str, host: str) -> tuple[Offer, ...]:
        """Who offers a service on one host, looked up: each of a thousand servers asks for its own."""
        if service not in self._offers_by_host:
            table: dict[str, list[Offer]] = {}
            for offer in self.providers(service):
                table.setdefault(offer.placed.host.name, []).append(offer)
            self._offers_by_host[service] = {name: tuple(offers) for name, offers in table.items()}
        return self._offers_by_host[service].get(host, ())

    def _reaches(self, placed: Placed, offer: Offer) -> bool:
        if offer.endpoint.socket is not None:
            return offer.placed.host.name == placed.host.name
        return offer.placed.key != placed.key or self.stands_for(placed.host.name) > 1

    def _public_edges(self) -> Iterator[Edge]:
        fronted = {
            (*offer.placed.key, offer.endpoint.service)
            for placed in self.placed
            for need in placed.component.needs(placed)
            if need.fronts
            for offer in self._answer(placed, need)
        }
        for offers in self.offers.values():
            for offer in offers:
                if offer.endpoint.public and (*offer.placed.key, offer.endpoint.service) not in fronted:
                    yield _public_edge(offer, self.stands_for(offer.placed.host.name))


def _public_edge(offer: Offer, servers: int) -> Edge:
    return Edge(
        client=PUBLIC,
        client_role=PUBLIC,
        server=offer.placed.host.name,
        server_role=offer.placed.role.name,
        endpoint=offer.endpoint,
        connections=0,
        why="the public reaches the site here",
        fan_out=servers,
    )


__all__ = ["LOOPBACK", "PUBLIC", "Cluster", "Edge", "Limits", "Offer", "Protocols", "Settings"]
