"""What web servers share: the site's entry, the applications behind it, who stands before it, and where files are."""

from __future__ import annotations

from topology.components.base import DYNAMIC, Endpoint, Placed
from topology.components.cluster import PUBLIC, Edge
from topology.design import Site
from topology.workload import KINDS


def endpoint(placed: Placed, *, slots: int | None, processes: int | None = None) -> Endpoint:
    """Port 80, the site's entry: pages and API calls, files too while no media server has them."""
    return Endpoint(
        service="web",
        port=80,
        carries=DYNAMIC if placed.cluster.hosts_offering("media") else frozenset(KINDS),
        public=True,
        slots=slots,
        processes=processes,
        weight=placed.host.type.cores * placed.host.type.speed,
    )


def passing_endpoint(placed: Placed) -> Endpoint:
    """The entry of who runs no code of the site; only without files to send do the applications' slots limit it."""
    return endpoint(placed, slots=app_slots(placed) if placed.cluster.hosts_offering("media") else None)


def app_slots(placed: Placed) -> int | None:
    """Requests that the applications behind this server can work on at once for it; None where none says.

    Applications on other servers are shared with the other web servers.
    """
    cluster = placed.cluster
    every = cluster.providers("app")
    local = [offer for offer in every if offer.placed.host.name == placed.host.name]
    counted = [(o.endpoint.slots, 1 if local else cluster.stands_for(o.placed.host.name)) for o in local or every]
    if not counted or any(slots is None for slots, _ in counted):
        return None
    total = sum((slots or 0) * servers for slots, servers in counted)
    return total if local else max(1, total // max(1, cluster.count("web")))


def applications_of(placed: Placed, site: Site) -> list[Edge]:
    """The connections to a site's application: beside this server, or on every application server."""
    return [edge for edge in placed.cluster.edges_from(placed, "app") if edge.endpoint.site in ("", site.name)]


def balancers_of(placed: Placed) -> list[str]:
    """Addresses of those who pass requests to this role: the previous hop, and nobody else."""
    edges = [e for e in placed.cluster.edges_to(placed.host.name) if e.server_role == placed.role.name]
    clients = dict.fromkeys(edge.client for edge in edges if edge.client != PUBLIC and edge.endpoint.carries)
    return [placed.cluster.host(name).address for name in clients]


def folders_of(site: Site) -> list[dict[str, str]]:
    """URL and directory of a site's static files and media: the prefixes of STATIC_URL and MEDIA_URL."""
    return [{"url": f"{site.path}{name}/", "directory": f"{site.root}/{name}/"} for name in ("static", "media")]


def media_folders_of(placed: Placed) -> dict[str, list[dict[str, str]]]:
    """The folders under each media name."""
    names: dict[str, list[dict[str, str]]] = {}
    for site in placed.cluster.sites:
        names.setdefault(site.media_domain, []).extend(folders_of(site))
    return names
