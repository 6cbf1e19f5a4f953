"""What Apache takes to hand a request to a process that it started, or to send a file."""

from __future__ import annotations

from topology.components.apache.cost import FILE_EVENT
from topology.components.apache.python import demand_of_request
from topology.components.base import Demand
from topology.workload import Kind, RequestClass


def demand_of(kind: Kind, item: RequestClass) -> Demand:
    """A file, by the figure of an Apache of one's own, or a request that is handed to Python."""
    return demand_of_request(kind, item, file=FILE_EVENT)
