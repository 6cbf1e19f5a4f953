"""Figures of a server itself, for Prometheus: processors, memory, disks, network, clock.

It is on every server of a design that has a Prometheus, and on no other.
The version of Ubuntu 24.04 was not started here.
"""

from __future__ import annotations

from topology.components.base import EVERY_HOST, Measured
from topology.components.prometheus.exporting import Exporter


class NodeExporter(Exporter):
    """Figures of a server."""

    name = "prometheus_node"
    title = "Prometheus node exporter"
    roles = {"node_exporter": "tells Prometheus how the server itself is"}  # noqa: RUF012
    packages = {"debian12": "1.5.0", "ubuntu2404": "1.7.0"}  # noqa: RUF012
    package = "prometheus-node-exporter"
    port = 9100
    proves = "node_memory_MemAvailable_bytes"
    implied_by = frozenset({EVERY_HOST})
    measured = Measured(memory_mib=19, cpu_ms=5.0, says="a scrape, 20 of them")


COMPONENT = NodeExporter()
