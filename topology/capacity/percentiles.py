"""Percentiles of a response time of which the mean and the variance are known, by a gamma distribution."""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

_STEPS = 300
_TINY = 1e-300
_NODES = 32
"""Nodes of the table to a unit of the coefficient of variation."""
MOST_VARIED = 16.0
"""Squared coefficient of variation up to which percentiles grow; beyond it they are those at it."""
_NOTHING = 1e-200
"""Below this a percentile cannot be told from 0, and the density beside it from infinity."""


def gamma_percentile(share: float, *, mean: float, variance: float) -> float:
    """The value that `share` of a gamma distribution with this mean and variance do not exceed; unit of `mean`.

    Two moments matched: shape mean²/variance, scale variance/mean. Exact for an exponential response.
    """
    if mean <= 0 or share <= 0:
        return 0.0
    if variance <= mean * mean * 1e-9:
        return mean
    shape = mean * mean / variance
    return _standard_percentile(share, shape) * variance / mean


def response_percentile(share: float, *, mean: float, variance: float) -> float:
    """The same of a response time, of which the mean and the variance are known.

    Gamma up to the variance of an exponential. Beyond it exponential work times a gamma distributed pace, which is
    what crowded cores are like: they stay crowded, or idle, for as long as a request is there. Simulations are closer
    to that than to a gamma of the same variance (the paper on accuracy).
    """
    if mean <= 0 or variance <= mean * mean:
        return gamma_percentile(share, mean=mean, variance=variance)
    return _paced_over_mean(share, min(variance / mean**2, MOST_VARIED)) * mean


def response_share(value: float, *, mean: float, variance: float) -> float:
    """Share of the responses of this mean and variance that are not above a value; the other way round."""
    if value <= 0 or mean <= 0:
        return 0.0 if value <= 0 else 1.0
    if variance <= mean * mean:
        return gamma_share(value * mean / variance, mean * mean / variance)
    logs, weights = _paces(np.array([(min(variance / mean**2, MOST_VARIED) - 1) / 2]))
    return float(1 - (weights[0] * np.exp(-np.exp(np.clip(math.log(value / mean) - logs, -700.0, 6.6)))).sum())


def paced_percentiles(share: float, variances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Percentiles of X times S, X exponential and S gamma of these variances, both of mean 1: halving in the logarithm.

    P(XS > x) is the mean of exp(-x/S), a sum over equal steps of log S.
    """
    logs, weights = _paces(variances)
    low, high = np.full(variances.shape, -30.0), np.full(variances.shape, 8.0)
    for _ in range(32):
        middle = (low + high) / 2
        beyond = (weights * np.exp(-np.exp(np.clip(middle[:, None] - logs, -700.0, 6.6)))).sum(axis=1)
        low, high = np.where(beyond > 1 - share, middle, low), np.where(beyond > 1 - share, high, middle)
    return np.asarray(np.exp((low + high) / 2))


def _paces(variances: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Logarithms of the pace in equal steps, and how likely each is: of a gamma distribution of mean 1."""
    logs = np.linspace(-30.0, 6.0, 241)
    density = (1 / variances[:, None]) * (logs - np.exp(logs))
    weights = np.exp(density - density.max(axis=1, keepdims=True))
    return logs, weights / weights.sum(axis=1, keepdims=True)


def _paced_over_mean(share: float, scv: float) -> float:
    """By the cubic through the four nearest nodes of a table, which lies within 0.0001 of the mean (a test)."""
    table = _paced_table(share)
    place = (math.sqrt(scv) - 1) * _NODES
    first = min(max(int(place) - 1, 0), len(table) - 4)
    at = place - first
    weights = (
        -(at - 1) * (at - 2) * (at - 3) / 6,
        at * (at - 2) * (at - 3) / 2,
        -at * (at - 1) * (at - 3) / 2,
        at * (at - 1) * (at - 2) / 6,
    )
    return float(sum(weight * table[first + number] for number, weight in enumerate(weights)))


@cache
def _paced_table(share: float) -> list[float]:
    """Percentiles at coefficients of variation from 1 up; at 1 the pace does not vary and the work is exponential."""
    nodes = 1 + np.arange(1, int((math.sqrt(MOST_VARIED) - 1) * _NODES) + 1) / _NODES
    return [-math.log1p(-share), *paced_percentiles(share, (nodes**2 - 1) / 2).tolist()]


def gamma_share(value: float, shape: float) -> float:
    """The regularised lower incomplete gamma function P(shape, value) (Abramowitz and Stegun 1964, 6.5)."""
    if value <= 0:
        return 0.0
    front = math.exp(shape * math.log(value) - value - math.lgamma(shape))
    if value < shape + 1:
        return min(1.0, front * _series(value, shape))
    return max(0.0, 1 - front * _fraction(value, shape))


def _standard_percentile(share: float, shape: float) -> float:
    """Newton's method from Wilson and Hilferty's cube, halving wherever a step would leave the bracket."""
    low, high = 0.0, math.inf
    value = _first_guess(share, shape)
    if value < _NOTHING:
        return 0.0
    for _ in range(_STEPS):
        short = gamma_share(value, shape) - share
        low, high = (max(low, value), high) if short < 0 else (low, min(high, value))
        density = math.exp((shape - 1) * math.log(value) - value - math.lgamma(shape))
        ahead = value - short / density if density > 0 else math.inf
        if not low < ahead < high:
            ahead = (low + high) / 2 if high < math.inf else value * 2
        if abs(ahead - value) <= 1e-10 * value:
            return ahead
        value = ahead
    return value


def _first_guess(share: float, shape: float) -> float:
    """Wilson and Hilferty 1931: the cube root of a gamma variable is nearly normal."""
    normal = NormalDist().inv_cdf(share)
    cube = 1 - 1 / (9 * shape) + normal / (3 * math.sqrt(shape))
    if cube > 0.1:
        return shape * cube**3
    return math.pow(share * math.gamma(shape + 1), 1 / shape)


def _series(value: float, shape: float) -> float:
    """Sum of value^n / (shape (shape+1) ... (shape+n)), which converges fast below shape + 1."""
    term = total = 1 / shape
    for count in range(1, _terms(shape)):
        term *= value / (shape + count)
        total += term
        if term < total * 1e-15:
            break
    return total


def _fraction(value: float, shape: float) -> float:
    """The continued fraction of the upper function (A&S 6.5.31), by Lentz's method as modified by Thompson."""
    step = value + 1 - shape
    numerator, denominator = 1 / _TINY, 1 / step
    result = denominator
    for count in range(1, _terms(shape)):
        factor = -count * (count - shape)
        step += 2
        denominator = 1 / _away_from_zero(factor * denominator + step)
        numerator = _away_from_zero(step + factor / numerator)
        change = denominator * numerator
        result *= change
        if abs(change - 1) < 1e-15:
            break
    return result


def _terms(shape: float) -> int:
    """Terms enough for 15 digits: around its mean, the sums need a few times the root of the shape."""
    return _STEPS + int(10 * math.sqrt(shape))


def _away_from_zero(value: float) -> float:
    return _TINY if abs(value) < _TINY else value
