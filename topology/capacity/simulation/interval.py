"""How sure a simulated figure is: confidence intervals from batch means."""

from __future__ import annotations

from math import inf, isfinite, nan, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]


def student(confidence: float, freedom: int) -> float:
    """The two-sided quantile of Student's t (Abramowitz and Stegun 1964, 26.7.5; within 0.001 from 8 degrees on)."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(z + sum(term / freedom**power for power, term in enumerate(terms, 1)))


def half_width(values: Reals, confidence: float) -> float:
    """Of the mean of batches: wider where neighbours are alike, as then there are fewer of them than it seems."""
    count = len(values)
    if count < 2:
        return inf
    apart = values - values.mean()
    variance = float(apart @ apart) / (count - 1)
    if variance == 0:
        return 0.0
    alike = min(0.9, max(0.0, float(apart[1:] @ apart[:-1]) / float(apart @ apart)))
    return student(confidence, count - 1) * sqrt(variance / count * (1 + alike) / (1 - alike))


def ratio(above: Reals, below: Reals, confidence: float) -> tuple[float, float]:
    """A sum over a sum, and its half-width, from batches (Law 2015, section 9.5.3); NaN where there was nothing."""
    total = float(below.sum())
    if total == 0:
        return nan, inf
    value = float(above.sum()) / total
    return value, half_width((above - value * below) / float(below.mean()), confidence)


def is_within(value: float, half: float, precision: float) -> bool:
    """Whether a figure is as sure as was asked for."""
    return isfinite(half) and half <= precision * abs(value)
