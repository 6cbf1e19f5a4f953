"""The files of nginx: a main file, the servers in front of the applications, and the servers of files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from topology import sizing
from topology.components.base import Component, ConfigFile, Placed
from topology.components.cluster import PUBLIC
from topology.components.nginx.settings import size
from topology.components.rendering import render
from topology.design import Site
from topology.errors import Place, TierwrightError

UNIT = "nginx.service"
MAIN = "/etc/nginx/nginx.conf"
WEB = "/etc/nginx/conf.d/tierwright-web.conf"
MEDIA = "/etc/nginx/conf.d/tierwright-media.conf"
AT_WEB = ("max_fails", "fail_timeout", "proxy_connect_timeout", "proxy_timeout")
"""Settings of the file of web servers; the others are of the main file."""


def main_file(component: Component, placed: Placed) -> ConfigFile:
    """nginx.conf: what holds for every server of the host."""
    sized = size(placed)
    text = render(component, "nginx.conf.j2", s=dict(sized.values))
    reasons = tuple(reason for reason in sized.reasons if reason.setting not in AT_WEB)
    return ConfigFile(path=MAIN, text=text, unit=UNIT, reasons=reasons)


def web_file(component: Component, placed: Placed) -> ConfigFile:
    """The sites, a server for each group of names; raises TierwrightError where no application is behind it."""
    cluster, sized = placed.cluster, size(placed)
    text = render(
        component,
        "web.conf.j2",
        upstreams=[
            {"name": _upstream(site), "servers": servers, "alone": len(servers) == 1}
            for site in cluster.sites
            if (servers := applications(placed, site))
        ],
        servers=list(_servers(placed)),
        balancers=_balancers(placed, "web"),
        with_media=bool(cluster.hosts_offering("media")),
        health=sizing.HEALTH_PATH,
        s=dict(sized.values),
    )
    reasons = tuple(reason for reason in sized.reasons if reason.setting in AT_WEB)
    return ConfigFile(path=WEB, text=text, unit=UNIT, reasons=reasons)


def media_file(component: Component, placed: Placed) -> ConfigFile:
    """The files of every site, each under its media name."""
    names: dict[str, list[dict[str, str]]] = {}
    for site in placed.cluster.sites:
        names.setdefault(site.media_domain, []).extend(_folders(site))
    text = render(
        component,
        "media.conf.j2",
        names=[{"name": name, "folders": folders} for name, folders in names.items()],
        health=sizing.HEALTH_PATH,
        balancers=_balancers(placed, "media"),
        s=dict(size(placed).values),
    )
    return ConfigFile(path=MEDIA, text=text, unit=UNIT)


def applications(placed: Placed, site: Site) -> list[str]:
    """Where the site's application listens: beside this server, or on every application server."""
    edges = [e for e in placed.cluster.edges_from(placed, "app") if e.endpoint.site in ("", site.name)]
    if not edges:
        raise TierwrightError(
            f"{placed.host.name} is to pass requests on, but no server runs the application; give one the role"
            " gunicorn",
            place=Place(path=f"tier {placed.host.tier}"),
        )
    return [
        f"unix:{edge.endpoint.socket}"
        if edge.endpoint.socket
        else f"{placed.cluster.host(edge.server).address}:{edge.endpoint.port}"
        for edge in edges
    ]


def _upstream(site: Site) -> str:
    return f"app_{site.name}"


def _balancers(placed: Placed, service: str) -> list[str]:
    """Who stands before this server: the previous hop, and nobody else."""
    edges = placed.cluster.edges_to(placed.host.name, service)
    clients = dict.fromkeys(edge.client for edge in edges if edge.client != PUBLIC)
    return [placed.cluster.host(name).address for name in clients]


def _servers(placed: Placed) -> Iterator[dict[str, Any]]:
    """Names that lead to the same sites share a server, in which the sites differ by their path."""
    sites_of: dict[str, tuple[Site, ...]] = {}
    for site in placed.cluster.sites:
        for domain in site.domains:
            sites_of[domain] = (*sites_of.get(domain, ()), site)
    for sites in dict.fromkeys(tuple(site.name for site in found) for found in sites_of.values()):
        names = [domain for domain, found in sites_of.items() if tuple(site.name for site in found) == sites]
        yield {"names": names, "sites": [_location(site) for site in sites_of[names[0]]]}


def _location(site: Site) -> dict[str, Any]:
    return {
        "path": site.path,
        "upstream": _upstream(site),
        "media_domain": site.media_domain,
        "folders": _folders(site),
    }


def _folders(site: Site) -> list[dict[str, str]]:
    """The same prefixes as STATIC_URL and MEDIA_URL in the site's settings."""
    return [{"url": f"{site.path}{name}/", "directory": f"{site.root}/{name}/"} for name in ("static", "media")]
