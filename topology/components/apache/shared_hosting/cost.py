"""What Apache takes to hand a request to a process that it started, or to send a file."""

from __future__ import annotations

from topology.components.apache.python import demand_of_request
from topology.components.base import Demand
from topology.demands import guess
from topology.workload import Kind, RequestClass

FILE = guess(0.05, 0.15, 0.4, "a file by a provider's Apache, which looks for .htaccess in every folder above it")


def demand_of(kind: Kind, item: RequestClass) -> Demand:
    """A file, or a request that is handed to Python."""
    return demand_of_request(kind, item, file=FILE)
