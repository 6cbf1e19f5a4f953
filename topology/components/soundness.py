"""What no cluster may be: two programs on one port, a role without what it stands on, requests that go in a circle."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from topology.components.base import Placed
from topology.errors import Place, TierwrightError

if TYPE_CHECKING:
    from topology.components.cluster import Cluster, Edge

SYSTEMS = {"debian12": "Debian 12", "ubuntu2404": "Ubuntu 24.04"}
"""Names of the systems for people."""


def refuse_clashes(cluster: Cluster) -> None:
    """Two programs of one host may not listen on one port."""
    taken: dict[tuple[str, str, int], Placed] = {}
    for offers in cluster.offers.values():
        for offer in offers:
            key = (offer.placed.host.name, offer.endpoint.protocol, offer.endpoint.port)
            other = taken.setdefault(key, offer.placed)
            if offer.endpoint.port and other.component is not offer.placed.component:
                raise _clash(key, other.role.name, offer.placed.role.name)


def _clash(key: tuple[str, str, int], first: str, second: str) -> TierwrightError:
    host, protocol, port = key
    return TierwrightError(
        f"{first} and {second} both listen on {protocol} port {port} of {host}; give one of them another port or host",
        place=Place(path=f"server {host}"),
    )


def refuse_misplaced(cluster: Cluster) -> None:
    """A role needs a system that has its program, what it stands on beside it, and no enemy on its server."""
    for host, roles in cluster.by_host.items():
        names = {placed.role.name for placed in roles}
        offered = {service for p in roles for service in p.component.offers.get(p.role.name, ())}
        for placed in roles:
            problem = _why_not(placed, names, offered, cluster.design.system)
            if problem:
                raise TierwrightError(problem, place=Place(path=f"server {host}"))


def _why_not(placed: Placed, names: set[str], offered: set[str], system: str) -> str | None:
    component, role = placed.component, placed.role.name
    if component.packages and system not in component.packages:
        others = ", ".join(SYSTEMS.get(name, name) for name in component.packages)
        return f"{SYSTEMS[system]} does not bring {component.title}; take another role, or a system that does: {others}"
    wanted = component.beside.get(role, ())
    if wanted and not offered.intersection(wanted):
        return f"{role} stands on {' or '.join(wanted)} of its own server, and nothing there offers that"
    enemies = names.intersection(component.apart.get(role, ()))
    if enemies:
        return f"{role} and {', '.join(sorted(enemies))} may not share a server; put one of them elsewhere"
    return None


def refuse_circles(edges: Iterable[Edge]) -> None:
    """A request that is passed on must arrive: roles may not need each other in a circle."""
    ahead: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for edge in edges:
        here, there = (edge.client, edge.client_role), (edge.server, edge.server_role)
        if edge.endpoint.carries and here != there:
            ahead.setdefault(here, set()).add(there)
    try:
        TopologicalSorter(ahead).prepare()
    except CycleError as error:
        circle = error.args[1][::-1]
        named = " to ".join(f"{role} on {host}" for host, role in circle)
        raise TierwrightError(
            f"requests would go in a circle: {named}; take one of these roles away",
            place=Place(path=f"server {circle[0][0]}"),
        ) from None
