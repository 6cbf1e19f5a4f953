"""Settings of Slony, the nodes of its cluster, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.errors import Place, TierwrightError

ROLE, SUBSCRIBER = "slony", "postgresql_subscriber"
OWN_CONNECTIONS, NODE_CONNECTIONS = 4, 3
"""Connections of a slon to its own database besides, and to or for each other node: of the ten that this gives for two
nodes, seven were counted at each while they ran."""


class SlonySettings(Settings):
    """Settings of the role slony."""

    sync_interval_ms: Annotated[int, Field(ge=10, le=60_000)] | None = None
    """How often it looks for changes, in milliseconds; by default Slony's own 2000."""
    sync_timeout_ms: Annotated[int, Field(ge=0, le=120_000)] | None = None
    """After which it marks a place to continue from although nothing changed, in milliseconds; by default 10000."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A database server of the cluster under its number."""

    number: int
    host: str
    address: str
    port: int


def size(placed: Placed) -> Sizing:
    """How often it looks."""
    sizer = Sizer(placed.written)
    interval = sizer.set("sync_interval_ms", 2000, "Slony's own: a subscriber is at least so far behind")
    sizer.set(
        "sync_timeout_ms",
        max(10_000, interval),
        "Slony's own 10 s, at least the interval: it refuses less",
        sync_interval_ms=interval,
    )
    return sizer.done()


def nodes_of(placed: Placed) -> tuple[Node, ...]:
    """The origin first, then the subscribers in the order of the plan; TierwrightError where either is missing."""
    origins, subscribers = list(_databases(placed, "sql")), list(_databases(placed, "sql_replica"))
    if not origins or not subscribers:
        missing = "postgresql" if not origins else SUBSCRIBER
        raise TierwrightError(
            f"{placed.host.name} is to replicate by Slony, but no server has the role {missing}; give it to one",
            place=Place(path=f"tier {placed.host.tier}"),
        )
    found = [origins[0], *subscribers]
    return tuple(
        Node(number=number, host=host, address=placed.cluster.host(host).address, port=port)
        for number, (host, port) in enumerate(found, 1)
    )


def own_node(placed: Placed) -> Node:
    """The node of this server; raises TierwrightError where its database takes no part."""
    for node in nodes_of(placed):
        if node.host == placed.host.name:
            return node
    raise TierwrightError(
        f"{placed.host.name} is to replicate by Slony, and its database neither takes the writes nor subscribes; give"
        f" it the role {SUBSCRIBER}",
        place=Place(path=f"server {placed.host.name}"),
    )


def connections_to(placed: Placed, service: str) -> int:
    """Connections of the slons of all sites here to each database that offers a service."""
    others = max(1, placed.cluster.count("sql", "sql_replica") - 1)
    offers = {
        word for p in placed.cluster.by_host[placed.host.name] for word in p.component.offers.get(p.role.name, ())
    }
    own = OWN_CONNECTIONS + NODE_CONNECTIONS * others
    return len(placed.cluster.sites) * (own if service in offers else NODE_CONNECTIONS)


def _databases(placed: Placed, service: str) -> Iterator[tuple[str, int]]:
    wanted = "postgresql" if service == "sql" else SUBSCRIBER
    for edge in placed.cluster.edges_from(placed, service):
        if edge.server_role == wanted:
            yield edge.server, edge.endpoint.port
