"""How requests bunch: the busiest minute, and the variance of single seconds in the busiest hour."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from topology.intake.arrivals import Arrivals
from topology.intake.facts import groups
from topology.intake.tally import Tally
from topology.intake.window import Window, basis_of, rounded
from topology.value import Estimate
from topology.workload import Confidence

CLUMPED = (
    "All requests of an hour carry one and the same minute, so the times were rewritten or rounded: how the requests"
    " bunch within an hour cannot be told, so no burst rate, no burstiness and no pages worth caching are given."
)
_FEWEST, _FEW = 60, 600
"""Requests under which the busiest hour tells nothing of its bursts, and under which it tells little."""
_FEWEST_MINUTES = 5


def is_clumped(tally: Tally) -> bool:
    """Whether whole hours of requests carry one and the same minute: such times are no moments of arrival."""
    seconds, counts = tally.seconds.merged()
    hours, _ = groups(seconds, counts, 3600)
    minutes, _ = groups(seconds, counts, 60)
    return bool(hours.size >= 12 and tally.parsed >= 20 * hours.size and minutes.size < 1.2 * hours.size)


def counting_error(hits: int) -> tuple[float, float]:
    """95 % interval of a Poisson count, from Wilson and Hilferty's approximation of the chi-squared distribution.

    Garwood (1936) for the interval; Wilson and Hilferty (1931) for the approximation.
    """
    lower = hits * (1 - 1 / (9 * hits) - 1.96 / (3 * math.sqrt(hits))) ** 3 if hits else 0.0
    more = hits + 1
    return max(0.0, lower), more * (1 - 1 / (9 * more) + 1.96 / (3 * math.sqrt(more))) ** 3


def share_error(part: int, whole: int) -> tuple[float, float]:
    """95 % interval of a share that was counted (Wilson 1927)."""
    share, weight = part / whole, 1.96**2 / whole
    middle = (share + weight / 2) / (1 + weight)
    width = 1.96 * math.sqrt(share * (1 - share) / whole + weight / (4 * whole)) / (1 + weight)
    return max(0.0, min(share, middle - width)), min(1.0, max(share, middle + width))


def burst_of(arrivals: Arrivals, window: Window, confidence: Confidence) -> Estimate:
    """Rate in the busiest minute of the log, never below that of its busiest hour."""
    most = int(arrivals.by(60)[1].max())
    low, high = counting_error(most)
    peak = window.peak_rate
    mid = max(most / 60, peak)
    return Estimate(
        low=rounded(min(mid, max(low / 60, peak))),
        mid=rounded(mid),
        high=rounded(max(high / 60, mid) * (2 if confidence == "thin" else 1)),
        basis=basis_of(confidence),
        source=f"busiest minute of the log: {most} requests; its busiest second has {int(arrivals.counts.max())}",
    )


def burstiness_of(arrivals: Arrivals, window: Window, confidence: Confidence) -> Estimate | None:
    """Index of dispersion of one-second counts in the busiest hour; None where it has too few requests.

    I = sum of the variances within each minute / sum of the means of the minutes. Taken within minutes, a rate that
    rises or falls over the hour does not pass for bursts; 1 is Poisson (Cox and Lewis 1966, chapter 4). The range is
    1.96 standard errors by the jackknife over minutes (Quenouille 1956).
    """
    minutes = _minutes(arrivals, window)
    hits = int(minutes.sum())
    if hits < _FEWEST or minutes.shape[0] < _FEWEST_MINUTES:
        return None
    variances, means = minutes.var(axis=1, ddof=1), minutes.mean(axis=1)
    index = float(variances.sum() / means.sum())
    error = 1.96 * _jackknife(variances, means)
    thin = hits < _FEW or confidence == "thin"
    low, high = max(0.0, index - error), index + error
    return Estimate(
        low=rounded(low / 2 if thin else low),
        mid=rounded(index),
        high=rounded(high * 2 if thin else high),
        basis="guess" if thin else "measured",
        source=f"{'thin: ' if thin else ''}{hits} requests in {minutes.shape[0]} minutes of the busiest hour",
    )


def _minutes(arrivals: Arrivals, window: Window) -> NDArray[np.float64]:
    """Counts by minute and second of the busiest hour, as far as the log covers whole minutes."""
    first = -(-max(window.peak_hour * 3600, window.first) // 60) * 60
    end = (min(window.peak_hour * 3600 + 3599, window.last) + 1) // 60 * 60
    if end <= first:
        return np.zeros((0, 60))
    begin, stop = np.searchsorted(arrivals.seconds, [first, end])
    places = arrivals.seconds[begin:stop] - first
    counts = np.zeros(end - first)
    counts[places] = arrivals.counts[begin:stop]
    return counts.reshape(-1, 60)


def _jackknife(above: NDArray[np.float64], below: NDArray[np.float64]) -> float:
    """Standard error of sum(above) / sum(below), each pair left out once."""
    rest = np.maximum(below.sum() - below, 1e-12)
    ratios = (above.sum() - above) / rest
    return float(np.sqrt((above.size - 1) / above.size * ((ratios - ratios.mean()) ** 2).sum()))
