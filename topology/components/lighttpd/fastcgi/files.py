"""The files of lighttpd before applications that speak FastCGI."""

from __future__ import annotations

from typing import Any

from topology import sizing
from topology.components.base import Component, ConfigFile, Placed, Sizing
from topology.components.cluster import Edge
from topology.components.fronting import app_slots, applications_of, folders_of
from topology.components.lighttpd.main import files_with
from topology.components.lighttpd.settings import size_of
from topology.design import Site
from topology.errors import Place, TierwrightError

ROLE = "lighttpd"


def size(placed: Placed) -> Sizing:
    """Processes, connections and timeouts of one web server."""
    return size_of(placed, slots=app_slots(placed) or 0)


def files_of(component: Component, placed: Placed) -> tuple[ConfigFile, ...]:
    """Main file and drop-in; raises TierwrightError where no application is behind it, or one that speaks otherwise."""
    return files_with(
        component,
        placed,
        size(placed),
        "web.conf.j2",
        servers=[
            {"name": name, "sites": [_site(placed, site) for site in sites]} for name, sites in names_of(placed).items()
        ],
        with_media=bool(placed.cluster.hosts_offering("media")),
        health=sizing.HEALTH_PATH,
    )


def names_of(placed: Placed) -> dict[str, list[Site]]:
    """The sites of each host name, the longest path first, so that a site at / does not take those below it."""
    found: dict[str, list[Site]] = {}
    for site in placed.cluster.sites:
        for domain in site.domains:
            found.setdefault(domain, []).append(site)
    return {name: sorted(sites, key=lambda site: -len(site.path)) for name, sites in found.items()}


def places_of(placed: Placed, site: Site) -> list[dict[str, Any]]:
    """Where the site's application listens: beside this server, or on every application server."""
    edges = _edges(placed, site)
    alone = len(edges) == 1
    failover = size(placed)["disable_time"]
    return [
        {
            "socket": edge.endpoint.socket,
            "address": placed.cluster.host(edge.server).address,
            "port": edge.endpoint.port,
            # Without another one to turn to, the only one is asked again at once.
            "disable_time": 0 if alone else failover,
        }
        for edge in edges
    ]


def _edges(placed: Placed, site: Site) -> list[Edge]:
    edges = applications_of(placed, site)
    problem = ""
    if not edges:
        problem = f"no server runs {site.name}; give one the role flup"
    spoken = sorted({edge.endpoint.speaks or "http" for edge in edges} - {"fastcgi"})
    if spoken:
        problem = f"the application server of {site.name} speaks {' and '.join(spoken)}; take flup, or nginx in front"
    if problem:
        raise TierwrightError(
            f"lighttpd on {placed.host.name} passes requests on by FastCGI, but {problem}",
            place=Place(path=f"tier {placed.host.tier}"),
        )
    return edges


def _site(placed: Placed, site: Site) -> dict[str, Any]:
    return {
        "path": site.path,
        "media_domain": site.media_domain,
        "folders": folders_of(site),
        "places": places_of(placed, site),
    }
