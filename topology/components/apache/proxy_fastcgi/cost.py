"""What Apache takes to pass a request on by FastCGI, or to send a file."""

from __future__ import annotations

from topology.components.base import FILES, Demand
from topology.demands import bytes_of, guess
from topology.workload import Kind, RequestClass

FILE = guess(0.05, 0.1, 0.3, "a file by Apache's event MPM")
PASS = guess(0.08, 0.2, 0.6, "a request passed on by FastCGI over a new connection")


def demand_of(kind: Kind, item: RequestClass) -> Demand:
    """A file read and sent, or a request passed on, each on a new connection."""
    return Demand(cpu_ms=FILE if kind in FILES else PASS, bytes_out=bytes_of(item, kind))
