"""A server behind Apache as a balancer, in Apache's own words."""

from __future__ import annotations

from typing import Any

from topology.components.balancing import Backend

HIGHEST_FACTOR = 100
"""Of the strongest server; Apache takes any number."""


def url_of(server: Backend) -> str:
    """Where it is."""
    return f"http://{server.address}:{server.port}"


def values_of(server: Backend) -> dict[str, Any]:
    """What the template prints."""
    room = 0 if server.room is None else server.room.requests
    return {"name": server.name, "url": url_of(server), "factor": server.weight(HIGHEST_FACTOR), "room": room}
