"""Where a site's database and cache are, as its application server reaches them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from topology.components.base import Placed
from topology.components.cluster import Edge
from topology.design import Site
from topology.errors import Place, TierwrightError


def _refuse_several(placed: Placed) -> None:
    """Two servers that both take writes drift apart from the first one on."""
    keepers = [host.name for host in placed.cluster.hosts_offering("sql")]
    if len(keepers) > 1:
        raise TierwrightError(
            f"{len(keepers)} servers keep a database of their own ({', '.join(keepers[:4])}), and each would take other"
            " writes; leave it on one of them, and give the others postgresql_replica or none",
            place=Place(path=f"tier {placed.host.tier}"),
        )


def database_of(placed: Placed, site: Site) -> dict[str, Any]:
    """The database: a file, or the hosts and ports to try in order, and whether a pool stands before it."""
    _refuse_several(placed)
    edges = [edge for edge in _edges(placed, "pool", "sql") if edge.endpoint.site in ("", site.name)]
    files = [edge.endpoint.socket for edge in edges if edge.endpoint.socket]
    if files:
        return {"file": files[0], "pooled": False}
    places = _rotated(placed, [(placed.cluster.address_of(edge), edge.endpoint.port) for edge in edges])
    places = places or list(_external(placed, "postgresql"))
    if not places:
        raise TierwrightError(
            f"no server of this plan keeps the database of {site.name}; give one the role postgresql, or sqlite on"
            " the application server itself",
            place=Place(path=f"tier {placed.host.tier}"),
        )
    return {
        "file": None,
        "name": site.database,
        "host": [host for host, _ in places],
        "port": [port for _, port in places],
        "pooled": any(edge.endpoint.service == "pool" for edge in edges),
    }


def caches_of(placed: Placed) -> list[str]:
    """The cache servers, the same text in the same order on every host; empty where the one host has its own."""
    cluster = placed.cluster
    servers = [f"{cluster.host(edge.server).address}:{edge.endpoint.port}" for edge in _edges(placed, "cache")]
    servers = servers or [f"{host}:{port}" for host, port in _external(placed, "memcached")]
    applications = cluster.count("app")
    if not servers and applications > 1:
        raise TierwrightError(
            f"{applications} application servers and no cache: each would keep its own, and they would disagree; give"
            " one or more servers the role memcached",
            place=Place(path=f"tier {placed.host.tier}"),
        )
    return list(dict.fromkeys(servers))


def _edges(placed: Placed, *services: str) -> Iterator[Edge]:
    """The connections of the applications on this host."""
    for offer in dict.fromkeys(offer.placed.role.name for offer in placed.cluster.providers("app")):
        for beside in placed.cluster.by_host[placed.host.name]:
            if beside.role.name == offer:
                yield from placed.cluster.edges_from(beside, *services)


def _rotated(placed: Placed, places: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Each application server begins with another of several pools, and goes on to the next where one is lost."""
    names = [host.name for host in placed.cluster.hosts_offering("app")]
    start = names.index(placed.host.name) % max(1, len(places)) if placed.host.name in names else 0
    return places[start:] + places[:start]


def _external(placed: Placed, kind: str) -> Iterator[tuple[str, int]]:
    for external in placed.cluster.design.externals:
        if external.kind == kind:
            host, _, port = external.endpoint.rpartition(":")
            yield host, int(port)
