"""Queueing networks: exact where they have a product form, approximate where not; numbers in, numbers out."""

from __future__ import annotations

from topology.capacity.networks.bounds import Bounds
from topology.capacity.networks.closed import Method, solve_closed
from topology.capacity.networks.jackson import solve_open
from topology.capacity.networks.model import (
    ClosedNetwork,
    Discipline,
    OpenNetwork,
    Saturated,
    Solution,
    Station,
    TooLarge,
)

__all__ = [
    "Bounds", "ClosedNetwork", "Discipline", "Method", "OpenNetwork", "Saturated", "Solution", "Station", "TooLarge",
    "solve_closed", "solve_open",
]  # fmt: skip
