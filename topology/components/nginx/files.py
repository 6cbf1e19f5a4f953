"""The files of nginx: a main file, the servers in front of the applications, and the servers of files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from topology import sizing
from topology.components.base import Component, ConfigFile, Placed
from topology.components.nginx.settings import size
from topology.components.rendering import render
from topology.design import Site

UNIT = "nginx.service"


def main_file(component: Component, placed: Placed) -> ConfigFile:
    """/etc/nginx/nginx.conf: what holds for every server of the host."""
    sized = size(placed)
    text = render(component, "nginx.conf.j2", s=dict(sized.values))
    return ConfigFile(path="/etc/nginx/nginx.conf", text=text, unit=UNIT, reasons=sized.reasons)


def web_file(component: Component, placed: Placed) -> ConfigFile:
    """The sites: one server for each set of domains, one location for each site on it."""
    cluster = placed.cluster
    balancers = [host.address for host in cluster.hosts_offering("balancer")]
    text = render(
        component,
        "web.conf.j2",
        upstreams=[_upstream(placed, site) for site in cluster.sites],
        servers=list(_servers(placed)),
        balancers=balancers,
        with_media=bool(cluster.hosts_offering("media")),
        health=sizing.HEALTH_PATH,
        s=dict(size(placed).values),
    )
    return ConfigFile(path="/etc/nginx/conf.d/tierwright-web.conf", text=text, unit=UNIT)


def media_file(component: Component, placed: Placed) -> ConfigFile:
    """The files of every site, each under its media name."""
    sites = [_files(site) | {"name": f"media.{site.domains[0]}"} for site in placed.cluster.sites]
    text = render(
        component,
        "media.conf.j2",
        names=_by_name(sites),
        health=sizing.HEALTH_PATH,
        balancers=[host.address for host in placed.cluster.hosts_offering("balancer")],
        s=dict(size(placed).values),
    )
    return ConfigFile(path="/etc/nginx/conf.d/tierwright-media.conf", text=text, unit=UNIT)


def _upstream(placed: Placed, site: Site) -> dict[str, Any]:
    edges = [e for e in placed.cluster.edges_from(placed, "app") if e.endpoint.site in ("", site.name)]
    local = next((edge.endpoint.socket for edge in edges if edge.endpoint.socket), None)
    remote = [f"{placed.cluster.host(e.server).address}:{e.endpoint.port}" for e in edges if e.endpoint.socket is None]
    return {"name": f"app_{site.name}", "socket": local, "remote": remote}


def _servers(placed: Placed) -> Iterator[dict[str, Any]]:
    """Sites with the same domains share one server and differ by their path."""
    groups: dict[tuple[str, ...], list[Site]] = {}
    for site in placed.cluster.sites:
        groups.setdefault(tuple(sorted(site.domains)), []).append(site)
    for sites in groups.values():
        yield {
            "names": list(sites[0].domains),
            "sites": [
                _files(site)
                | {"path": site.path, "upstream": f"app_{site.name}", "media_name": f"media.{site.domains[0]}"}
                for site in sites
            ],
        }


def _files(site: Site) -> dict[str, Any]:
    return {
        "folders": [
            {"url": f"{site.path}static/", "directory": f"{site.root}/static/"},
            {"url": f"{site.path}media/", "directory": f"{site.root}/media/"},
        ]
    }


def _by_name(sites: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One server for each media name: two sites of one domain share it."""
    names: dict[str, list[Any]] = {}
    for site in sites:
        names.setdefault(site["name"], []).extend(site["folders"])
    return [{"name": name, "folders": folders} for name, folders in names.items()]
