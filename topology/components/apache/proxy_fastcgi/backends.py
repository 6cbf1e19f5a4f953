"""The applications behind an Apache that speaks FastCGI: where each site's are, and how many requests each is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from topology.components.base import Placed
from topology.components.cluster import Edge
from topology.components.fronting import applications_of
from topology.design import Site
from topology.errors import Place, TierwrightError


@dataclass(frozen=True, kw_only=True)
class Backend:
    """An application of one site."""

    url: str
    """Where it is in Apache's words: fcgi://address:port, or unix:path|fcgi://site."""
    address: str
    port: int
    socket: str | None
    room: int
    """Requests that it is given at once; 0 is no limit."""

    def values(self) -> dict[str, Any]:
        """What the template prints."""
        return {"address": self.address, "port": self.port, "socket": self.socket or "", "room": self.room}


def backends_of(placed: Placed, site: Site) -> tuple[Backend, ...]:
    """Beside this server, or on every application server.

    Raises TierwrightError where nobody runs the application, or who runs it does not speak FastCGI.
    """
    edges = applications_of(placed, site)
    deaf = next((edge for edge in edges if edge.endpoint.speaks != "fastcgi"), None)
    problem = ""
    if not edges:
        problem = "no server runs the application; give one the role flup"
    elif deaf is not None:
        spoken = deaf.endpoint.speaks or "http"
        problem = (
            f"{deaf.server_role} on {deaf.server} speaks {spoken} and Apache is to speak FastCGI; give it the role"
            " flup, or take nginx in place of apache_fastcgi"
        )
    if problem:
        raise TierwrightError(
            f"{placed.host.name} is to pass requests on, but {problem}", place=Place(path=f"tier {placed.host.tier}")
        )
    return tuple(_backend(placed, site, edge) for edge in edges)


def _backend(placed: Placed, site: Site, edge: Edge) -> Backend:
    endpoint, address = edge.endpoint, placed.cluster.host(edge.server).address
    url = f"unix:{endpoint.socket}|fcgi://{site.name}" if endpoint.socket else f"fcgi://{address}:{endpoint.port}"
    sharing = 1 if edge.local else placed.cluster.count("web")
    room = 0 if endpoint.slots is None else max(1, endpoint.slots // sharing)
    return Backend(url=url, address=address, port=endpoint.port, socket=endpoint.socket, room=room)
