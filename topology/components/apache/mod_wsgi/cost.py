"""What mod_wsgi takes for a request."""

from __future__ import annotations

from topology.components.apache.python import demand_of_request
from topology.components.base import Demand
from topology.demands import guess
from topology.workload import Kind, RequestClass

FILE = guess(0.05, 0.15, 0.4, "a file by an event Apache")
ENTERED = guess(0.05, 0.2, 0.6, "passing a request to a daemon")


def demand_of(kind: Kind, item: RequestClass) -> Demand:
    """A file, or a request that a daemon answers."""
    return demand_of_request(kind, item, file=FILE, overhead=ENTERED)
