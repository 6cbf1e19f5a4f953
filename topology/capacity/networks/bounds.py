"""Between what limits the throughput of a closed network must lie, before anything is solved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from topology.capacity.networks.model import Array, ClosedNetwork


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The least and the most throughput of each class (K); response follows by Little's law."""

    low: Array
    high: Array
    kind: Literal["asymptotic", "balanced job"]


def bounds_of(network: ClosedNetwork) -> Bounds:
    """Asymptotic bounds (Muntz and Wong 1974); with one class and one server everywhere, balanced-job bounds
    (Zahorjan, Sevcik, Eager and Galler 1982; Lazowska et al. 1984, table 5.2)."""
    if len(network.classes) == 1:
        visited = set(network.servers[network.demands[0] > 0].tolist())
        if 1.0 in visited <= {1.0, np.inf}:
            return _balanced(network)
    return _asymptotic(network)


def _asymptotic(network: ClosedNetwork) -> Bounds:
    """Alone at the best; at the worst all others are before it at each station, and as dear as the dearest."""
    population, demands, servers = network.population, network.demands, network.servers
    alone = network.think_time + demands.sum(axis=1)
    most = population / alone
    share = (demands / servers).max(axis=1, initial=0.0)
    most = np.minimum(most, np.divide(1.0, share, out=np.full(len(share), np.inf), where=share > 0))
    crowd = np.maximum(1.0, population.sum() / servers)
    dearest = np.where(np.isinf(servers), network.service, _dearest(network))
    worst = network.think_time + (network.visits * dearest * crowd * (network.service > 0)).sum(axis=1)
    return Bounds(low=population / worst, high=most, kind="asymptotic")


def _dearest(network: ClosedNetwork) -> Array:
    """Time of one service ahead of a customer: its own, or the dearest of a first come, first served station."""
    mixed = network.unequal
    dearest = network.service.max(axis=0)
    columns = np.array([station.name in mixed for station in network.stations], dtype=bool)
    return np.where(columns[None, :], dearest[None, :], network.service)


def _balanced(network: ClosedNetwork) -> Bounds:
    """With D the demand in all, d of it at most and d' on average at a queue, Z thinking and delays."""
    queued = network.demands[0, network.servers == 1]
    queued = queued[queued > 0]
    count, whole = float(network.population[0]), float(queued.sum())
    think = float(network.think_time[0] + network.demands[0, np.isinf(network.servers)].sum())
    others, most, mean = max(0.0, count - 1), float(queued.max()), float(queued.mean())
    low = count / (whole + think + others * most / (1 + think / (count * whole))) if count else 0.0
    high = min(1 / most, count / (whole + think + others * mean / (1 + think / whole)))
    return Bounds(low=np.array([low]), high=np.array([high]), kind="balanced job")
