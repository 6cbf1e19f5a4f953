"""Percentiles of a mixture of response times, each part of known mean and variance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from topology.capacity.percentiles import response_percentile, response_share

_STEPS = 200
_CLOSE = 1e-9
_STEEP = 1e-9
"""Squared coefficient of variation below which a part is its mean and nothing else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Requests that are answered alike: their weight, and the mean and variance of their response."""

    weight: float
    mean: float
    variance: float


def mixture_percentile(share: float, parts: Sequence[Part], *, endless: float = 0.0) -> float | None:
    """The response that `share` of all requests do not exceed; unit of the means.

    The root of the weighted sum of the parts' distributions: percentiles themselves cannot be averaged. `endless` is
    the weight of requests that are never answered; None where they leave no such percentile. Newton's method, which
    halves its bracket wherever a step would leave it.
    """
    weights = sum(part.weight for part in parts)
    total = weights + endless
    wanted = share * total
    if not parts or wanted >= weights:
        return None
    low, high = 0.0, math.inf
    value = _start(wanted / weights, parts, weights)
    for _ in range(_STEPS):
        short = sum(part.weight * _below(value, part) for part in parts) - wanted
        low, high = (value, high) if short < 0 else (low, value)
        ahead = _ahead(value, short, parts)
        if not low < ahead < min(high, 4 * value):
            ahead = (low + high) / 2 if high < math.inf else value * 2
        if abs(ahead - value) <= _CLOSE * value or low >= high * (1 - _CLOSE):
            return ahead
        value = ahead
    return value


def mixture_mean(parts: Sequence[Part]) -> float:
    """The mean response over all parts."""
    weights = sum(part.weight for part in parts)
    return sum(part.weight * part.mean for part in parts) / weights if weights > 0 else 0.0


def _start(share: float, parts: Sequence[Part], weights: float) -> float:
    """The percentile of one response time with the moments of the whole, never 0."""
    mean = mixture_mean(parts)
    second = sum(part.weight * (part.variance + part.mean**2) for part in parts) / weights
    return max(response_percentile(share, mean=mean, variance=max(0.0, second - mean**2)), mean * 1e-6, 1e-12)


def _below(value: float, part: Part) -> float:
    if part.variance <= part.mean**2 * _STEEP:
        return 1.0 if value >= part.mean else 0.0
    return response_share(value, mean=part.mean, variance=part.variance)


def _ahead(value: float, short: float, parts: Sequence[Part]) -> float:
    slope = sum(part.weight * _density(value, part) for part in parts)
    return value - short / slope if slope > 0 else math.inf


def _density(value: float, part: Part) -> float:
    if not part.mean**2 * _STEEP < part.variance <= part.mean**2:
        return 0.0  # no slope, or one that is not worth its price: the bracket is halved
    shape, scale = part.mean**2 / part.variance, part.variance / part.mean
    exponent = (shape - 1) * math.log(value / scale) - value / scale - math.lgamma(shape)
    return math.exp(min(700.0, exponent)) / scale
