"""Where flup listens: a socket beside its web server, a port of the private address for web servers elsewhere."""

from __future__ import annotations

from topology.components.base import Placed
from topology.components.flup.settings import size
from topology.design import Site
from topology.errors import Place, TierwrightError


def places_of(placed: Placed) -> tuple[tuple[Site, str | None, int], ...]:
    """Every site with its socket, or None and its port.

    Raises TierwrightError where the plan writes a socket, and a web server elsewhere could not reach it.
    """
    sites, written = placed.cluster.sites, getattr(placed.written, "transport", None)
    beside = _is_beside_web(placed)
    if written == "socket" and not beside:
        raise TierwrightError(
            f"flup on {placed.host.name} is to listen on a socket, which web servers on other servers cannot reach;"
            " write transport: tcp, or leave it out",
            place=Place(path=f"tier {placed.host.tier}"),
        )
    if written == "socket" or (written is None and beside):
        return tuple((site, f"/run/{site.name}/fcgi.sock", 0) for site in sites)
    first: int = size(placed)["port"]
    return tuple((site, None, first + number) for number, site in enumerate(sites))


def _is_beside_web(placed: Placed) -> bool:
    """A web server without an application of its own needs a port to reach one by."""
    web = {host.name for host in placed.cluster.hosts_offering("web")}
    app = {host.name for host in placed.cluster.hosts_offering("app")}
    return placed.host.name in web and web <= app
