"""What Apache takes to pass a request on by FastCGI, or to send a file."""

from __future__ import annotations

from topology.components.apache.cost import FILE_EVENT, PASS_FASTCGI
from topology.components.base import FILES, Demand
from topology.demands import bytes_of
from topology.workload import Kind, RequestClass


def demand_of(kind: Kind, item: RequestClass) -> Demand:
    """A file read and sent, or a request passed on, each on a new connection."""
    return Demand(cpu_ms=FILE_EVENT if kind in FILES else PASS_FASTCGI, bytes_out=bytes_of(item, kind))
