"""The rules of one server's firewall: its incoming edges, a rule for each port."""

from __future__ import annotations

from dataclasses import dataclass

from topology.components.base import Placed
from topology.components.cluster import PUBLIC, Edge
from topology.components.rendering import words

VRRP = 112
"""IP protocol number of VRRP (RFC 5798)."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One port or protocol, and who may reach it; no clients is everybody."""

    match: str
    clients: tuple[str, ...]
    names: tuple[str, ...]
    why: str


def rules_of(placed: Placed) -> tuple[Rule, ...]:
    """The rules of the server, by protocol and port."""
    opened: dict[tuple[str, int], list[Edge]] = {}
    for edge in placed.cluster.edges_to(placed.host.name):
        if not edge.local and edge.endpoint.socket is None:
            opened.setdefault((edge.endpoint.protocol, edge.endpoint.port), []).append(edge)
    return tuple(_rule(placed, *key, opened[key]) for key in sorted(opened))


def _rule(placed: Placed, protocol: str, port: int, edges: list[Edge]) -> Rule:
    names = tuple(dict.fromkeys(edge.client for edge in edges))
    public = PUBLIC in names
    return Rule(
        match=words("ip", "protocol", VRRP) if protocol == "vrrp" else words(protocol, "dport", port),
        clients=() if public else tuple(placed.cluster.host(name).address for name in names),
        names=() if public else names,
        why="; ".join(dict.fromkeys(edge.why for edge in edges)),
    )
