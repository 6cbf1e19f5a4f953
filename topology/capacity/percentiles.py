"""Percentiles of a response time of which the mean and the variance are known, by a gamma distribution."""

from __future__ import annotations

import math
from statistics import NormalDist

_STEPS = 300
_TINY = 1e-300
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
