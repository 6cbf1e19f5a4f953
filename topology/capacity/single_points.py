"""Single points of failure: what stops when one server is gone, worked out from the edges, never asserted away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from topology.capacity.answer import SinglePoint
from topology.capacity.flows import OPENING, SOFT, Ask, Key, Route
from topology.capacity.loads import Network
from topology.workload import KINDS, Kind

_KIND_NAMES: Mapping[Kind, str] = {
    "page": "pages", "api": "API requests", "static": "static files", "media": "media files",
}  # fmt: skip
_STOPS: Mapping[str, str] = {
    "dns": "names are no longer answered from here; browsers that do not know the address yet find nothing",
    "nfs": "the shared files are gone: uploads fail, and files are no longer found",
    "cache": "requests go on without the cache: every one does its full work, and data kept only there is lost",
}
_RECOVERY: Mapping[str, str] = {
    "sql": "Set up a new server and restore the last backup; what was written since then is lost.",
    "nfs": "Set up a new server and restore the files from the last backup; uploads since then are lost.",
    "media": "Set up a new server and restore its files from the last backup, unless they lie elsewhere.",
    "dns": "Name a second name server at the registrar.",
    "cache": "The cache fills again by itself.",
}
_ANEW = "Set up a new server from its files in the bundle"


@dataclass(frozen=True, kw_only=True)
class Loss:
    """What the loss of one server takes away."""

    host: str
    kinds: tuple[Kind, ...]
    """Kinds of request that are no longer answered."""
    services: tuple[str, ...]
    """Services that nobody offers any more, though others use them."""

    @property
    def soft(self) -> bool:
        """Every request is still answered."""
        return not self.kinds and set(self.services) <= SOFT


def losses(network: Network) -> tuple[Loss, ...]:
    """The servers of whose kind there is only one, in the order of the plan."""
    services = _lone_services(network)
    asked = {host for route in network.routes.values() for host in _lone_providers(route)}
    found = []
    for host in network.hosts:
        if network.cluster.stands_for(host) == 1 and (host in asked or host in services):
            kinds = tuple(kind for kind in KINDS if kind in network.routes and _stops(network.routes[kind], host))
            loss = Loss(host=host, kinds=kinds, services=tuple(services.get(host, ())))
            if loss.kinds or loss.services:
                found.append(loss)
    return tuple(found)


def single_points(network: Network, lost: Iterable[Loss]) -> tuple[SinglePoint, ...]:
    """The losses in words, with what recovery takes."""
    return tuple(
        SinglePoint(
            name=loss.host,
            tier=network.hosts[loss.host].tier,
            stops=_stopping(network, loss),
            recovery=_recovery(network, loss),
            kinds=loss.kinds,
        )
        for loss in lost
    )


def replicas(network: Network, host: str) -> tuple[str, ...]:
    """Other servers that hold a copy of the database of this one."""
    offers = network.cluster.providers("sql_replica")
    return tuple(dict.fromkeys(o.placed.host.name for o in offers if o.placed.host.name != host))


def _lone_providers(route: Route) -> Iterator[str]:
    """Hosts without which some client elsewhere has nobody left to ask."""
    for client, asks in route.asks.items():
        for ask in asks:
            hosts = {hop.to[0] for hop in ask.hops}
            if len(hosts) == 1 and client[0] not in hosts and not ask.soft:
                yield from hosts


def _stops(route: Route, host: str) -> bool:
    """Whether this kind is no longer answered without the host: someone on the way has nobody left to ask."""
    known: dict[Key, bool] = {}

    def answered(key: Key) -> bool:
        if key not in known:
            known[key] = key[0] != host and all(served(ask) for ask in route.asks.get(key, ()) if not ask.soft)
        return known[key]

    def served(ask: Ask) -> bool:
        return any(answered(hop.to) for hop in ask.hops)

    return not all(served(ask) for ask in route.asks[OPENING])


def _lone_services(network: Network) -> dict[str, list[str]]:
    """Services that one host alone offers and that someone elsewhere uses, by that host."""
    clients: dict[str, set[str]] = {}
    for edge in network.cluster.edges:
        clients.setdefault(edge.endpoint.service, set()).add(edge.client)
    found: dict[str, list[str]] = {}
    for service, offers in network.cluster.offers.items():
        hosts = {offer.placed.host.name for offer in offers}
        if len(hosts) == 1 and service in clients and service != "sql_replica":
            [host] = hosts
            if clients[service] - {host} or len(network.hosts) == 1:
                found.setdefault(host, []).append(service)
    return found


def _stopping(network: Network, loss: Loss) -> str:
    going = [kind for kind in KINDS if kind in network.routes]
    if loss.kinds and len(loss.kinds) == len(going):
        return "The whole site stops."
    parts = []
    if loss.kinds:
        left = _listed(_KIND_NAMES[kind] for kind in going if kind not in loss.kinds)
        parts.append(f"{_listed(_KIND_NAMES[kind] for kind in loss.kinds)} stop; {left} go on")
    parts.extend(_STOPS[service] for service in loss.services if service in _STOPS)
    parts = parts or [f"the only server that offers {_listed(loss.services)} is gone"]
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _recovery(network: Network, loss: Loss) -> str:
    """What each thing that is lost takes, the slowest and saddest first."""
    offered = _offered(network, loss.host)
    sentences = [_database(network, loss.host)] if "sql" in offered else []
    kept = ("nfs", *(() if "nfs" in offered or _fetches_files(network, loss.host) else ("media",)), "dns", "cache")
    sentences.extend(_RECOVERY[service] for service in kept if service in offered)
    if not sentences:
        return f"{_ANEW}; nothing is lost but time."
    begun = sentences[0].startswith(("Set up", "A person"))
    return " ".join(sentences if begun else [f"{_ANEW}.", *sentences])


def _database(network: Network, host: str) -> str:
    copies = replicas(network, host)
    if not copies:
        return _RECOVERY["sql"]
    return (
        f"A person promotes the replica on {copies[0]} and points the applications at it; what had not reached it"
        " yet is lost."
    )


def _offered(network: Network, host: str) -> frozenset[str]:
    placed = network.cluster.by_host[host]
    return frozenset(e.service for role in placed for e in network.cluster.endpoints_of(role))


def _fetches_files(network: Network, host: str) -> bool:
    return any(network.cluster.edges_from(role, "nfs") for role in network.cluster.by_host[host])


def _listed(words: Iterable[str]) -> str:
    listed = tuple(words)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} and {listed[-1]}"
