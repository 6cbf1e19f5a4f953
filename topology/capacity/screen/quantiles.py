"""Percentiles of response times by interpolation, for loops that cannot afford the exact ones."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from topology.capacity.compiled import compiled
from topology.capacity.percentiles import gamma_percentile, paced_percentiles
from topology.capacity.screen.outcome import Reals

SHARES = (0.50, 0.95, 0.99)
STEPS = 32
"""Nodes to a unit of the coefficient of variation."""
LEAST_SKEWED = 0.05
"""Half the skewness below which a distribution is taken for one so skewed; a normal one has none."""
WIDEST = 4.0
"""The largest coefficient of variation in the table (squared: 16); beyond it, percentiles are those at it."""


@cache
def table() -> Reals:
    """Percentile over mean, (nodes, 6): rows at coefficients of variation from -1/STEPS up, columns as SHARES, twice.

    The first three columns are of response times: gamma up to that of an exponential, and beyond it exponential work
    times a gamma distributed pace of the same variance in all (shared cores that stay crowded, or idle, for as long as
    a request is there). The last three are gamma throughout. The row before 0 is the mirror image through 1 of the one
    after, so that the interpolation has four points.
    """
    nodes = np.arange(int(WIDEST * STEPS) + 3) / STEPS
    gamma = np.array([[_over_mean(share, node) for share in SHARES] for node in nodes])
    wide = nodes > 1
    response = gamma.copy()
    response[wide] = np.stack([paced_percentiles(share, (nodes[wide] ** 2 - 1) / 2) for share in SHARES], axis=1)
    rows = np.concatenate([response, gamma], axis=1)
    return np.concatenate([2 - rows[1:2], rows])


@compiled
def read(table: Reals, mean: float, variance: float, column: int) -> float:
    """The percentile of `column` of a response time (see `table`), by the cubic through four nodes (Lagrange).

    Within 0.003 of the mean from the exact one for any variance up to 16 times the squared mean: most where the
    two halves of the table meet.
    """
    if mean <= 0.0:
        return 0.0
    return max(0.0, _interpolated(table, math.sqrt(max(variance, 0.0)) / mean, column) * mean)


@compiled
def read_skewed(table: Reals, mean: float, variance: float, third: float, column: int) -> float:
    """That of a gamma distribution moved aside, so that its third central moment is `third` (Pearson's type III).

    The skewness of a gamma distribution is twice its coefficient of variation.
    """
    if mean <= 0.0:
        return 0.0
    deviation = math.sqrt(max(variance, 1e-12 * mean * mean))
    half = min(max(third / deviation**3 / 2, LEAST_SKEWED), WIDEST)
    return max(0.0, mean + deviation * (_interpolated(table, half, column + len(SHARES)) - 1) / half)


@compiled
def _interpolated(table: Reals, variation: float, column: int) -> float:
    place = min(variation, WIDEST) * STEPS
    node = int(place)
    part = place - node
    before, at = table[node, column], table[node + 1, column]
    after, beyond = table[node + 2, column], table[node + 3, column]
    return float(
        -part * (part - 1) * (part - 2) / 6 * before
        + (part + 1) * (part - 1) * (part - 2) / 2 * at
        - (part + 1) * part * (part - 2) / 2 * after
        + (part + 1) * part * (part - 1) / 6 * beyond
    )


def _over_mean(share: float, variation: float) -> float:
    return gamma_percentile(share, mean=1.0, variance=variation**2)
