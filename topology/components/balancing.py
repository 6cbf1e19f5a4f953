"""What balancers share: what they offer and ask for, and the servers behind them with their room and share."""

from __future__ import annotations

from dataclasses import dataclass

from topology.components.base import DYNAMIC, FILES, Endpoint, Need, Placed, Policy, Reason
from topology.components.cluster import Edge
from topology.workload import KINDS


@dataclass(frozen=True, kw_only=True)
class Room:
    """Requests for pages that one balancer may give one web server at once."""

    requests: int
    slots: int
    sites: int
    balancers: int
    queue_slots: int

    def reason(self, setting: str) -> Reason:
        """Why it is what it is, under the name that the balancer's file has for it."""
        return Reason(
            setting=setting,
            value=self.requests,
            formula="(slots of its applications - one a site, kept free for health checks) / balancers in use"
            " + queue_slots, at least 1",
            facts={
                "slots": self.slots,
                "sites": self.sites,
                "balancers": self.balancers,
                "queue_slots": self.queue_slots,
            },
        )


@dataclass(frozen=True, kw_only=True)
class Backend:
    """One server that requests are given to."""

    name: str
    address: str
    port: int
    share: float
    """What it is given, relative to the strongest of its equals: above 0, at most 1."""
    room: Room | None = None
    """None where nothing limits it."""
    servers: int = 1
    """Equal servers for which it stands."""

    def weight(self, highest: int) -> int:
        """Its share in a program's own numbers, of which the strongest has `highest`."""
        return max(1, round(highest * self.share))


def endpoint(placed: Placed, *, processes: int | None = None) -> Endpoint:
    """Port 80 of the public; beside a virtual address only its first holder has traffic."""
    sharing = [host.name for host in placed.cluster.hosts_offering("vrrp")]
    has_media = bool(placed.cluster.hosts_offering("media"))
    return Endpoint(
        service="balancer",
        port=80,
        carries=frozenset(KINDS) if fronts_media(placed) or not has_media else DYNAMIC,
        public=True,
        processes=processes,
        weight=0.0 if placed.host.name in sharing[1:] else placed.host.type.cores * placed.host.type.speed,
    )


def needs(placed: Placed, policy: Policy) -> tuple[Need, ...]:
    """The web servers, and the media servers where there are several."""
    web = Need(services=("web",), why="passes requests on to the web servers", fronts=True, policy=policy)
    media = Need(services=("media",), why="spreads media requests over the media servers", fronts=True, policy=policy)
    return (web, media) if fronts_media(placed) else (web,)


def fronts_media(placed: Placed) -> bool:
    """Media goes through the balancers once there are several media servers to choose from."""
    return len(placed.cluster.hosts_offering("media")) > 1


def web_of(placed: Placed, queue_slots: int) -> tuple[Backend, ...]:
    """The web servers."""
    edges = placed.cluster.edges_from(placed, "web")
    strongest = _strongest(placed, edges)
    return tuple(_backend(placed, edge, strongest, room=_room(placed, edge, queue_slots)) for edge in edges)


def media_of(placed: Placed) -> tuple[Backend, ...]:
    """The media servers, where there are several."""
    edges = placed.cluster.edges_from(placed, "media")
    strongest = _strongest(placed, edges)
    return tuple(_backend(placed, edge, strongest, room=None) for edge in edges)


def file_prefixes(placed: Placed) -> list[str]:
    """Paths that the web servers answer from files, without the application; none where media servers do."""
    edges = placed.cluster.edges_from(placed, "web")
    if not any(edge.endpoint.carries & FILES for edge in edges):
        return []
    return list(dict.fromkeys(f"{site.path}{kind}/" for site in placed.cluster.sites for kind in ("static", "media")))


def _strongest(placed: Placed, edges: tuple[Edge, ...]) -> float:
    return max((_power(placed, edge) for edge in edges), default=1.0)


def _backend(placed: Placed, edge: Edge, strongest: float, *, room: Room | None) -> Backend:
    host = placed.cluster.host(edge.server)
    return Backend(
        name=host.name,
        address=host.address,
        port=edge.endpoint.port,
        share=_power(placed, edge) / strongest,
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
    free = (mine - sites) // balancers
    return Room(
        requests=max(1, free) + queue_slots, slots=mine, sites=sites, balancers=balancers, queue_slots=queue_slots
    )


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
