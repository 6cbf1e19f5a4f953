"""Whom the server asks: every exporter of the design, once, by the job that its role is."""

from __future__ import annotations

from collections.abc import Mapping

from topology.components.base import Placed
from topology.components.prometheus.exporting import METRICS


def targets_of(placed: Placed) -> Mapping[str, list[dict[str, str]]]:
    """Role of the exporter -> its servers with their addresses, in the order of the plan."""
    found: dict[str, dict[str, str]] = {}
    for edge in placed.cluster.edges_from(placed, METRICS):
        address = f"{placed.cluster.host(edge.server).address}:{edge.endpoint.port}"
        found.setdefault(edge.server_role, {})[edge.server] = address
    return {job: [{"server": s, "address": a} for s, a in servers.items()] for job, servers in found.items()}
