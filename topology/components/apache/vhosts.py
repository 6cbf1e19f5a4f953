"""Who comes to an Apache, and under which names: virtual hosts, and the balancers that may say who a client is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from topology.components.base import Placed
from topology.components.cluster import PUBLIC
from topology.design import Site


@dataclass(frozen=True, kw_only=True)
class Vhost:
    """A virtual host: names that lead to the same sites, which then differ by their path."""

    names: tuple[str, ...]
    sites: tuple[Site, ...]
    """The longest path first, so that a site at / does not take those below it."""


def vhosts_of(placed: Placed) -> tuple[Vhost, ...]:
    """The sites of the cluster, a virtual host for each group of names, in the order of the plan."""
    sites_of: dict[str, tuple[Site, ...]] = {}
    for site in placed.cluster.sites:
        for domain in site.domains:
            sites_of[domain] = (*sites_of.get(domain, ()), site)
    names_of: dict[tuple[str, ...], list[str]] = {}
    for domain, sites in sites_of.items():
        names_of.setdefault(tuple(site.name for site in sites), []).append(domain)
    deepest_first = partial(sorted, key=lambda site: -len(site.path))
    return tuple(
        Vhost(names=tuple(names), sites=tuple(deepest_first(sites_of[names[0]]))) for names in names_of.values()
    )


def media_vhosts_of(placed: Placed) -> tuple[Vhost, ...]:
    """The sites by the names of their files."""
    named: dict[str, tuple[Site, ...]] = {}
    for site in placed.cluster.sites:
        named[site.media_domain] = (*named.get(site.media_domain, ()), site)
    return tuple(Vhost(names=(name,), sites=sites) for name, sites in named.items())


def balancers_of(placed: Placed) -> list[str]:
    """Addresses of those who stand before this server: the previous hop, and nobody else."""
    own = {endpoint.service for endpoint in placed.cluster.endpoints_of(placed)}
    edges = placed.cluster.edges_to(placed.host.name, *sorted(own))
    clients = dict.fromkeys(
        edge.client for edge in edges if edge.client != PUBLIC and edge.server_role == placed.role.name
    )
    return [placed.cluster.host(name).address for name in clients]


def folders_of(site: Site) -> list[dict[str, str]]:
    """URL and directory of a site's static files and media: the prefixes of STATIC_URL and MEDIA_URL."""
    return [{"url": f"{site.path}{name}/", "directory": f"{site.root}/{name}/"} for name in ("static", "media")]
