"""Screening: many candidate topologies at once, by formulas, before a few finalists are simulated."""

from __future__ import annotations

from topology.capacity.screen.inputs import LEAST_CONNECTIONS, LONGEST, RANDOM, ROUND_ROBIN
from topology.capacity.screen.open_network import open_tiers
from topology.capacity.screen.outcome import Figures, OpenScreen, PoolScreen
from topology.capacity.screen.worker_pools import ENDLESS, worker_and_pool

__all__ = [
    "ENDLESS", "LEAST_CONNECTIONS", "LONGEST", "RANDOM", "ROUND_ROBIN", "Figures", "OpenScreen", "PoolScreen",
    "open_tiers", "worker_and_pool",
]  # fmt: skip
