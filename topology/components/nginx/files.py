"""The files of nginx: a main file, the servers in front of the applications, and the servers of files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from topology import sizing
from topology.components.base import Component, ConfigFile, Placed
from topology.components.fronting import applications_of, balancers_of, folders_of, media_folders_of
from topology.components.nginx.reader import MAIN, MEDIA, WEB
from topology.components.nginx.settings import size
from topology.components.rendering import render
from topology.design import Site
from topology.errors import Place, TierwrightError

UNIT = "nginx.service"
SPEECHES = ("http", "fastcgi", "uwsgi")
"""Languages that nginx speaks to applications."""
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
        speeches=[speech for speech in SPEECHES if speech in {speech_of(placed, site) for site in cluster.sites}],
        servers=list(servers_of(placed)),
        balancers=balancers_of(placed),
        with_media=bool(cluster.hosts_offering("media")),
        health=sizing.HEALTH_PATH,
        s=dict(sized.values),
    )
    reasons = tuple(reason for reason in sized.reasons if reason.setting in AT_WEB)
    return ConfigFile(path=WEB, text=text, unit=UNIT, reasons=reasons)


def media_file(component: Component, placed: Placed) -> ConfigFile:
    """The files of every site, each under its media name."""
    text = render(
        component,
        "media.conf.j2",
        names=[{"name": name, "folders": folders} for name, folders in media_folders_of(placed).items()],
        health=sizing.HEALTH_PATH,
        balancers=balancers_of(placed),
        s=dict(size(placed).values),
    )
    return ConfigFile(path=MEDIA, text=text, unit=UNIT)


def applications(placed: Placed, site: Site) -> list[str]:
    """Where the site's application listens: beside this server, or on every application server."""
    edges = applications_of(placed, site)
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


def speech_of(placed: Placed, site: Site) -> str:
    """What the site's application speaks; raises TierwrightError where its servers speak different languages."""
    spoken = {edge.endpoint.speaks or "http" for edge in applications_of(placed, site)}
    if len(spoken) > 1:
        raise TierwrightError(
            f"the servers of {site.name} speak {' and '.join(sorted(spoken))}, and nginx passes a site on in one"
            " language; give all of them the same application server",
            place=Place(path=f"tier {placed.host.tier}"),
        )
    return spoken.pop() if spoken else "http"


def passed(placed: Placed, site: Site) -> tuple[str, str]:
    """The directive that passes a site's requests on, and its word."""
    speech = speech_of(placed, site)
    return ("proxy_pass", f"http://{_upstream(site)}") if speech == "http" else (f"{speech}_pass", _upstream(site))


def _upstream(site: Site) -> str:
    return f"app_{site.name}"


def servers_of(placed: Placed) -> Iterator[dict[str, Any]]:
    """Names that lead to the same sites share a server, in which the sites differ by their path."""
    sites_of: dict[str, tuple[Site, ...]] = {}
    for site in placed.cluster.sites:
        for domain in site.domains:
            sites_of[domain] = (*sites_of.get(domain, ()), site)
    for sites in dict.fromkeys(tuple(site.name for site in found) for found in sites_of.values()):
        names = [domain for domain, found in sites_of.items() if tuple(site.name for site in found) == sites]
        yield {"names": names, "sites": [_location(placed, site) for site in sites_of[names[0]]]}


def _location(placed: Placed, site: Site) -> dict[str, Any]:
    directive, word = passed(placed, site)
    return {
        "path": site.path,
        "directive": directive,
        "to": word,
        "media_domain": site.media_domain,
        "folders": folders_of(site),
    }
