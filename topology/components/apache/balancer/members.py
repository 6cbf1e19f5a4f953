"""The servers behind Apache as a balancer: the other ends of its edges, with room and weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from topology.components.base import FILES, Placed, Reason
from topology.components.cluster import Edge

HIGHEST_FACTOR = 100


@dataclass(frozen=True, kw_only=True)
class Room:
    """Requests for pages that one balancer may give one web server at once."""

    requests: int
    slots: int
    sites: int
    balancers: int
    queue_slots: int

    def reason(self, server: str) -> Reason:
        """Why it is what it is."""
        facts = {"slots": self.slots, "sites": self.sites, "balancers": self.balancers, "queue_slots": self.queue_slots}
        return Reason(
            setting=f"member {server} max",
            value=self.requests,
            formula="(slots of its applications - one a site, kept free for health checks) / balancers in use"
            " + queue_slots, at least 1",
            facts=facts,
        )


@dataclass(frozen=True, kw_only=True)
class Member:
    """One server that requests are given to."""

    name: str
    address: str
    port: int
    factor: int
    """Its share of the requests, relative to the strongest one's 100."""
    room: Room | None = None
    """None where nothing limits it."""
    servers: int = 1
    """Equal servers for which it stands."""

    @property
    def url(self) -> str:
        """Where it is in Apache's words."""
        return f"http://{self.address}:{self.port}"

    def values(self) -> dict[str, Any]:
        """What the template prints."""
        room = 0 if self.room is None else self.room.requests
        return {"name": self.name, "url": self.url, "factor": self.factor, "room": room}


def fronts_media(placed: Placed) -> bool:
    """Media goes through the balancers once there are several media servers to choose from."""
    return len(placed.cluster.hosts_offering("media")) > 1


def web_of(placed: Placed, queue_slots: int) -> tuple[Member, ...]:
    """The web servers."""
    edges = placed.cluster.edges_from(placed, "web")
    return tuple(_member(placed, edge, edges, room=_room(placed, edge, queue_slots)) for edge in edges)


def media_of(placed: Placed) -> tuple[Member, ...]:
    """The media servers, where there are several."""
    edges = placed.cluster.edges_from(placed, "media")
    return tuple(_member(placed, edge, edges, room=None) for edge in edges)


def file_prefixes(placed: Placed) -> list[str]:
    """Paths that the web servers answer from files, without the application; none where media servers do."""
    edges = placed.cluster.edges_from(placed, "web")
    if not any(edge.endpoint.carries & FILES for edge in edges):
        return []
    return list(dict.fromkeys(f"{site.path}{kind}/" for site in placed.cluster.sites for kind in ("static", "media")))


def _member(placed: Placed, edge: Edge, edges: tuple[Edge, ...], *, room: Room | None) -> Member:
    host = placed.cluster.host(edge.server)
    strongest = max(_power(placed, other) for other in edges)
    return Member(
        name=host.name,
        address=host.address,
        port=edge.endpoint.port,
        factor=max(1, round(HIGHEST_FACTOR * _power(placed, edge) / strongest)),
        room=room,
        servers=edge.fan_out,
    )


def _power(placed: Placed, edge: Edge) -> float:
    kind = placed.cluster.host(edge.server).type
    return float(kind.cores * kind.speed)


def _room(placed: Placed, edge: Edge, queue_slots: int) -> Room | None:
    """Health checks need a slot each: were all of them taken, a busy server would look like a dead one."""
    mine = _slots(placed, edge)
    if mine is None:
        return None
    sites, balancers = len(placed.cluster.sites), _balancers_in_use(placed)
    requests = max(1, (mine - sites) // balancers) + queue_slots
    return Room(requests=requests, slots=mine, sites=sites, balancers=balancers, queue_slots=queue_slots)


def _slots(placed: Placed, edge: Edge) -> int | None:
    """Requests that a web server can have in work: of the applications behind it, or its own where it holds Python."""
    cluster = placed.cluster
    applications = cluster.edges_from(cluster.find(edge.server, edge.server_role), "app")
    if not applications:
        return edge.endpoint.slots if edge.endpoint.processes is not None else None
    if any(application.endpoint.slots is None for application in applications):
        return None
    slots = sum((application.endpoint.slots or 0) * application.fan_out for application in applications)
    sharing = 1 if all(application.local for application in applications) else cluster.count("web")
    return slots // sharing


def _balancers_in_use(placed: Placed) -> int:
    """Balancers with traffic: behind a shared address one has it all."""
    cluster = placed.cluster
    used = (offer.placed.host.name for offer in cluster.providers("balancer") if offer.endpoint.weight > 0)
    return max(1, sum(cluster.stands_for(host) for host in used))
