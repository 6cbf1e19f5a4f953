"""Where uvicorn listens: a socket beside its web server, a port of the private address for web servers elsewhere."""

from __future__ import annotations

from topology.components.base import Placed
from topology.components.uvicorn.settings import size
from topology.design import Site


def endpoints_of(placed: Placed) -> tuple[tuple[Site, str | None, int], ...]:
    """Every site with its socket, or None and its port."""
    sites = placed.cluster.sites
    if _is_beside_web(placed):
        return tuple((site, f"/run/{site.name}/uvicorn.sock", 0) for site in sites)
    first: int = size(placed)["port"]
    return tuple((site, None, first + number) for number, site in enumerate(sites))


def _is_beside_web(placed: Placed) -> bool:
    """A web server without an application of its own needs a port to reach one by."""
    web = {host.name for host in placed.cluster.hosts_offering("web")}
    app = {host.name for host in placed.cluster.hosts_offering("app")}
    return placed.host.name in web and web <= app
