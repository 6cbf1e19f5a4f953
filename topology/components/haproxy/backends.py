"""The servers behind a balancer: the other ends of its edges, with room and weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from topology.components.base import Placed, Reason
from topology.components.cluster import Edge

HIGHEST_WEIGHT = 256


@dataclass(frozen=True, kw_only=True)
class Backend:
    """One server that requests are given to."""

    name: str
    address: str
    port: int
    slots: int | None
    weight: int
    cores: int

    def values(self) -> dict[str, Any]:
        """What the template prints."""
        return {
            "name": self.name,
            "address": self.address,
            "port": self.port,
            "maxconn": self.slots,
            "weight": self.weight,
        }

    @property
    def reason(self) -> Reason:
        """Why it has the room that it has."""
        return Reason(
            setting=f"server {self.name} maxconn",
            value=self.slots if self.slots is not None else "unlimited",
            formula="requests that its application can work on at once, and queue_slots",
            facts={"weight": self.weight, "cores": self.cores},
        )


def fronts_media(placed: Placed) -> bool:
    """Media goes through the balancers once there are several media servers to choose from."""
    return len(placed.cluster.hosts_offering("media")) > 1


def backends_of(placed: Placed) -> tuple[tuple[Backend, ...], tuple[Backend, ...]]:
    """The web servers and the media servers of one balancer."""
    extra = getattr(placed.written, "queue_slots", None) or 0
    web = placed.cluster.edges_from(placed, "web")
    media = placed.cluster.edges_from(placed, "media")
    return (
        tuple(_backend(placed, edge, web, extra) for edge in web),
        tuple(_backend(placed, edge, media, extra) for edge in media),
    )


def _backend(placed: Placed, edge: Edge, rivals: tuple[Edge, ...], extra: int) -> Backend:
    host = placed.cluster.host(edge.server)
    power = {e.server: _power(placed, e.server) for e in rivals}
    slots = edge.endpoint.slots
    return Backend(
        name=host.name,
        address=host.address,
        port=edge.endpoint.port,
        slots=None if slots is None else slots + extra,
        weight=max(1, round(HIGHEST_WEIGHT * power[host.name] / max(power.values()))),
        cores=host.type.cores,
    )


def _power(placed: Placed, name: str) -> float:
    kind = placed.cluster.host(name).type
    return float(kind.cores * kind.speed)
