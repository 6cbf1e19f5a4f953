"""The Universal Scalability Law: how throughput grows, and falls, as load or servers are added."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Scalability:
    """X(N) = γN / (1 + α(N-1) + βN(N-1)) (Gunther 1993; 2007, eq. 4.31)."""

    alpha: float
    """Contention: the share of work that cannot go side by side."""
    beta: float
    """Coherency: the price of each pair that must agree."""
    gamma: float
    """Throughput at a load of 1."""
    residual: float
    """Sum of squared differences to the throughputs that were fitted."""

    def throughput(self, load: float) -> float:
        """Throughput at this load."""
        return self.gamma * load / (1 + self.alpha * (load - 1) + self.beta * load * (load - 1))

    @property
    def peak_load(self) -> float | None:
        """Load of the most throughput, √((1-α)/β); None where throughput only rises (β = 0) or only falls (α ≥ 1)."""
        if self.beta <= 0 or self.alpha >= 1:
            return None
        return math.sqrt((1 - self.alpha) / self.beta)

    @property
    def limit(self) -> float | None:
        """What throughput would come near to if nothing had to agree, γ/α (Amdahl 1967); None where that has no end."""
        return self.gamma / self.alpha if self.alpha > 0 else None


def fit(loads: Sequence[float], throughputs: Sequence[float]) -> Scalability:
    """Least squares on throughput with α, β ≥ 0 and γ free; raises ValueError with fewer than three different loads.

    At the best of such a fit each of α and β either is free or is 0, so the four cases are fitted without bounds
    (Levenberg and Marquardt), and of those that keep the bounds the closest is taken.
    """
    x, y = np.asarray(loads, dtype=float), np.asarray(throughputs, dtype=float)
    if len(x) != len(y):
        raise ValueError("there must be as many throughputs as loads")
    if len(set(x.tolist())) < 3:
        raise ValueError("three unknowns need at least three different loads")
    if not (x > 0).all() or not (y >= 0).all() or not y.any():
        raise ValueError("loads must be above 0, throughputs must not be negative, and one must be above 0")
    height = float(y.max())
    best = _closest(x, y / height)
    gamma, alpha, beta = (float(value) for value in best)
    return Scalability(alpha=alpha, beta=beta, gamma=gamma * height, residual=_misfit(best, x, y / height) * height**2)


def _closest(x: Array, y: Array) -> Array:
    """The candidate with the least misfit; one with more that is free must be closer by more than rounding."""
    best, least = np.zeros(3), math.inf
    for values in _candidates(x, y):
        misfit = _misfit(values, x, y)
        if misfit < least - 1e-14 * float(y @ y):
            best, least = values, misfit
    return best


def _candidates(x: Array, y: Array) -> Iterator[Array]:
    """The best (γ, α, β) of each choice of what is free, from several starts, where it keeps the bounds."""
    for held in ((1, 2), (2,), (1,), ()):
        for start in _starts(x, y):
            start[list(held)] = 0.0
            values = _descend(start, [index for index in range(3) if index not in held], x, y)
            if (values >= 0).all():
                yield values


def _starts(x: Array, y: Array) -> Iterator[Array]:
    """Linear least squares on N/X = (1 + α(N-1) + βN(N-1))/γ, and two curves with a peak inside and beyond."""
    seen = y > 0
    columns = np.stack([np.ones(seen.sum()), x[seen] - 1, x[seen] * (x[seen] - 1)], axis=1)
    first, *rest = np.linalg.lstsq(columns, x[seen] / y[seen], rcond=None)[0]
    if first > 0:
        yield np.array([1 / first, *np.maximum(np.array(rest) / first, 0.0)])
    steepest, widest = float((y / x).max()), float(x.max())
    yield np.array([steepest, 0.01, 4 / widest**2])
    yield np.array([steepest, 1 / widest, 0.1 / widest**2])


def _descend(values: Array, free: list[int], x: Array, y: Array) -> Array:
    """Levenberg (1944) and Marquardt (1963) over the free ones of (γ, α, β)."""
    damping, misfit = 1e-3, _misfit(values, x, y)
    for _ in range(500):
        slopes = _slopes(values, x)[:, free]
        normal, pull = slopes.T @ slopes, slopes.T @ (y - _curve(values, x))
        step = np.linalg.lstsq(normal + damping * np.diag(np.diag(normal)), pull, rcond=None)[0]
        trial = values.copy()
        trial[free] += step
        reached = _misfit(trial, x, y)
        if reached < misfit:
            small = misfit - reached <= 1e-15 * misfit and bool((np.abs(step) <= 1e-12 * np.abs(trial[free])).all())
            values, misfit, damping = trial, reached, damping / 10
            if small:
                break
        elif damping > 1e12:
            break
        else:
            damping *= 10
    return values


def _divisor(values: Array, x: Array) -> Array:
    divisor: Array = 1 + values[1] * (x - 1) + values[2] * x * (x - 1)
    return divisor


def _curve(values: Array, x: Array) -> Array:
    curve: Array = values[0] * x / _divisor(values, x)
    return curve


def _misfit(values: Array, x: Array, y: Array) -> float:
    """Sum of squared differences; infinite where the curve has a pole among the loads."""
    if not (_divisor(values, x) > 0).all():
        return math.inf
    return float(((y - _curve(values, x)) ** 2).sum())


def _slopes(values: Array, x: Array) -> Array:
    """Derivatives of the curve by γ, α and β, a column each."""
    divisor, curve = _divisor(values, x), _curve(values, x)
    return np.stack([x / divisor, -curve * (x - 1) / divisor, -curve * x * (x - 1) / divisor], axis=1)
