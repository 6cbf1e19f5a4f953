"""Where requests go: from the public along the edges that carry their kind, role by role.

Nothing here knows a component; only the vocabulary of services is used. A client spreads the requests of a kind
over the providers of one service by their weights, and asks each service that it needs once a request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from topology.components import PUBLIC, Cluster, Edge, Policy
from topology.errors import Place, TierwrightError
from topology.workload import Kind

Key = tuple[str, str]
"""Host name and role name."""

ENTRIES: frozenset[str] = frozenset({"balancer", "media", "web"})
"""Services of which a client asks one only: the one meant for the fewest kinds of request."""
STORES: frozenset[str] = frozenset({"cache", "nfs", "sql", "sql_replica"})
"""Services where a request ends: what these roles ask of each other, such as replication, carries none."""
SOFT: frozenset[str] = frozenset({"cache"})
"""Services without which a request is still answered, more slowly."""
OPENING: Key = (PUBLIC, PUBLIC)
Lost = Mapping[str, int]
"""By host name: how many of the equal servers for which it stands are dead."""
NOBODY: Lost = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Hop:
    """One provider that a client's requests may go to."""

    to: Key
    share: float
    """Share of the client's requests for the service, 0 to 1; of all servers for which this one stands."""
    local: bool
    """On the client's own host, so that no byte of it passes the network card."""
    connections: int
    """Connections that the client may hold open to it."""
    servers: int = 1
    """Equal servers for which it stands."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A service that a client's requests need, and who answers."""

    service: str
    hops: tuple[Hop, ...]
    policy: Policy = "random"
    """How the client spreads its requests over equal providers."""

    @property
    def soft(self) -> bool:
        """A request is answered also without it."""
        return self.service in SOFT


@dataclass(frozen=True, kw_only=True)
class Route:
    """The way of one kind of request through the cluster."""

    kind: Kind
    asks: Mapping[Key, tuple[Ask, ...]]
    """What each client asks in turn; the public's own asks under OPENING."""
    visits: Mapping[Key, float]
    """Mean requests that reach a role on one server for one request at the edge, from the public inwards."""
    remote: Mapping[Key, float]
    """Those of them whose client is on another host."""

    @property
    def entry(self) -> tuple[Ask, ...]:
        """What the public asks."""
        return self.asks.get(OPENING, ())


def routes(cluster: Cluster, kinds: Iterable[Kind], *, lost: Lost = NOBODY) -> dict[Kind, Route]:
    """The route of each kind; raises TierwrightError where nobody answers it; a cluster has no circles."""
    edges = _by_client(cluster, lost)
    found = {kind: _route(cluster, edges, kind, lost) for kind in dict.fromkeys(kinds)}
    for kind, route in found.items():
        _refuse_dead_end(cluster, route, kind)
    return found


def _by_client(cluster: Cluster, lost: Lost) -> Mapping[Key, tuple[Edge, ...]]:
    """The edges that carry requests, by client, without those to servers of which none is left."""
    table: dict[Key, list[Edge]] = {}
    for edge in cluster.edges:
        if edge.endpoint.carries and _left(edge, lost) > 0:
            table.setdefault((edge.client, edge.client_role), []).append(edge)
    return {key: tuple(edges) for key, edges in table.items()}


def _left(edge: Edge, lost: Lost) -> int:
    """Servers of an edge that still answer; a client that lives has the roles beside it."""
    return edge.fan_out if edge.local else edge.fan_out - lost.get(edge.server, 0)


def _route(cluster: Cluster, edges: Mapping[Key, tuple[Edge, ...]], kind: Kind, lost: Lost) -> Route:
    asks: dict[Key, tuple[Ask, ...]] = {}
    order = _order(edges, kind, asks, lost)
    visits: dict[Key, float] = {OPENING: 1.0}
    remote: dict[Key, float] = {}
    for key in order:
        for ask in asks[key]:
            for hop in ask.hops:
                count = visits[key] * hop.share
                visits[hop.to] = visits.get(hop.to, 0.0) + count
                remote[hop.to] = remote.get(hop.to, 0.0) + (0.0 if hop.local else count)
    del visits[OPENING]
    living = {key: cluster.stands_for(key[0]) - lost.get(key[0], 0) for key in visits}
    return Route(
        kind=kind,
        asks=asks,
        visits={key: count / living[key] for key, count in visits.items()},
        remote={key: count / living[key] for key, count in remote.items()},
    )


def _order(
    edges: Mapping[Key, tuple[Edge, ...]], kind: Kind, asks: dict[Key, tuple[Ask, ...]], lost: Lost
) -> list[Key]:
    """Every client before its providers; fills `asks` on the way. Iterative, so that no chain is too long."""
    done: list[Key] = []
    open_: dict[Key, Iterator[Key]] = {}
    stack = [OPENING]
    while stack:
        key = stack[-1]
        if key not in open_:
            asks[key] = _asks(edges.get(key, ()), kind, lost)
            open_[key] = iter(_onward(asks[key], asks))
        inner = next(open_[key], None)
        if inner is None:
            done.append(stack.pop())
        elif inner not in open_:
            stack.append(inner)
    return done[::-1]


def _onward(own: tuple[Ask, ...], asks: dict[Key, tuple[Ask, ...]]) -> list[Key]:
    """The providers to look at next; at a store a request ends."""
    onward: list[Key] = []
    for ask in own:
        if ask.service in STORES:
            for hop in ask.hops:
                asks.setdefault(hop.to, ())
        else:
            onward.extend(hop.to for hop in ask.hops)
    return onward


def _asks(edges: tuple[Edge, ...], kind: Kind, lost: Lost) -> tuple[Ask, ...]:
    by_service: dict[str, list[Edge]] = {}
    for edge in edges:
        if kind in edge.endpoint.carries:
            by_service.setdefault(edge.endpoint.service, []).append(edge)
    entries = [service for service in by_service if service in ENTRIES]
    chosen = min(entries, key=lambda service: _breadth(by_service[service]), default=None)
    return tuple(
        Ask(service=service, hops=_hops(items, lost), policy=items[0].policy)
        for service, items in by_service.items()
        if service not in ENTRIES or service == chosen
    )


def _breadth(edges: list[Edge]) -> int:
    return min(len(edge.endpoint.carries) for edge in edges)


def _hops(edges: list[Edge], lost: Lost) -> tuple[Hop, ...]:
    """One hop a provider, however many of its endpoints answer; weights of 0 only where all are 0."""
    weights: dict[tuple[Key, bool], float] = {}
    chosen: dict[tuple[Key, bool], Edge] = {}
    for edge in edges:
        place = ((edge.server, edge.server_role), edge.apart)
        weights[place] = max(weights.get(place, 0.0), edge.endpoint.weight)
        chosen.setdefault(place, edge)
    if not any(weights.values()):
        weights = dict.fromkeys(weights, 1.0)
    servers = {place: _left(edge, lost) for place, edge in chosen.items()}
    total = sum(weight * servers[place] for place, weight in weights.items())
    return tuple(
        Hop(
            to=place[0],
            share=weights[place] * servers[place] / total,
            local=edge.local,
            connections=edge.connections,
            servers=servers[place],
        )
        for place, edge in chosen.items()
    )


def _refuse_dead_end(cluster: Cluster, route: Route, kind: Kind) -> None:
    """A page must reach a role that runs the site's code; a file must reach any server."""
    wanted = ("app",) if kind in ("page", "api") else ("web", "media", "balancer")
    if route.entry and (wanted[0] != "app" or any("app" in _may_offer(cluster, role) for _, role in route.visits)):
        return
    roles = sorted(role for role in cluster.components if set(wanted) & set(_may_offer(cluster, role)))
    what = {"page": "pages", "api": "API requests", "static": "static files", "media": "media files"}[kind]
    ways = f" with one of these roles: {', '.join(roles)}" if roles else ""
    raise TierwrightError(f"no server of this plan answers {what}; add a server{ways}", place=Place(path="tiers"))


def _may_offer(cluster: Cluster, role: str) -> tuple[str, ...]:
    component = cluster.components.get(role)
    return () if component is None else component.offers.get(role, ())
