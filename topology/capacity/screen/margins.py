"""How far the formulas may be off by themselves, by load: what the low and high ends of a screen are widened by."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from topology.capacity.screen.outcome import Figures, Reals

LOADS = (0.0, 0.5, 0.8, 0.9, 1.0)
OPEN: Mapping[str, tuple[float, ...]] = {
    "mean": (0.0, 0.0, 0.0, 0.0, 0.0),
    "p50": (0.02, 0.04, 0.07, 0.10, 0.15),
    "p95": (0.02, 0.04, 0.08, 0.12, 0.15),
    "p99": (0.04, 0.06, 0.09, 0.12, 0.18),
}
"""Shares of a figure at the loads above, straight lines between; of the open network, whose mean is exact."""
POOLS: Mapping[str, tuple[float, ...]] = {
    "mean": (0.01, 0.01, 0.02, 0.08, 0.25),
    "p50": (0.05, 0.05, 0.07, 0.12, 0.30),
    "p95": (0.04, 0.04, 0.06, 0.12, 0.30),
    "p99": (0.05, 0.05, 0.08, 0.15, 0.35),
}
"""The same of worker slots and connection pools.

Set so that nine in ten simulated systems lie within them; docs/accuracy.md shows how often others do.
"""


def widened(
    low: Figures, high: Figures, load: Reals, margins: Mapping[str, tuple[float, ...]], longest: float
) -> tuple[Figures, Figures]:
    """Both ends with the margin at each candidate's `load` (share of its capacity) added; none is above `longest`."""
    share = {name: np.interp(load, LOADS, values) for name, values in margins.items()}
    return (
        Figures(**{name: getattr(low, name) * (1 - share[name]) for name in margins}),
        Figures(**{name: np.minimum(getattr(high, name) * (1 + share[name]), longest) for name in margins}),
    )
