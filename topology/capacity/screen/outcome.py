"""What a screen says of each of n candidates, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Response times in seconds, each of shape (n,); always finite."""

    mean: Reals
    p50: Reals
    p95: Reals
    p99: Reals


@dataclass(frozen=True, kw_only=True)
class OpenScreen(Figures):
    """The open network: k tiers of shared cores, one after the other."""

    utilisation: Reals
    """(n, k): share of the cores of each tier that is busy, other classes included; above 1 where saturated."""
    saturated: Flags
    """(n,): some tier has no spare core. Response times are then the longest there may be, not a prediction."""
    low: Figures
    high: Figures
    """Ends of what the balancers can do, equal hosts as one queue and each with its random share of the requests,
    widened by what the formulas may be off (margins.py).
    """


@dataclass(frozen=True, kw_only=True)
class PoolScreen(Figures):
    """Worker slots that are held over database calls through a pool of connections."""

    utilisation: Reals
    """(n,): busy share of the cores of an app host at the rate that is served, its background included."""
    database_utilisation: Reals
    """(n,): the same of the database."""
    front_utilisation: Reals
    """(n, f): the same of the tiers in front; above 1 where saturated."""
    load: Reals
    """(n,): what arrives at an app host over what it passes with all its slots held; a little too high where slots are
    left in plenty. Above 1 where saturated."""
    busy_slots: Reals
    """(n,): mean number of slots held on one app host."""
    wait: Reals
    """(n,): mean seconds that an admitted request waits for a slot."""
    wait_probability: Reals
    """(n,): share of the admitted requests that wait for a slot."""
    refused: Reals
    """(n,): share of the requests that find slots and backlog full."""
    saturated: Flags
    """(n,): more arrives than can be served in the long run, here or in a tier in front.

    Behind a finite backlog response times then are those of the requests that are admitted, up to the longest there
    may be; where a tier in front or the database's background is overloaded, they are the longest.
    """
    low: Figures
    high: Figures
    """As in OpenScreen."""
