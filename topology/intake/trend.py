"""Whether traffic grows: a line through the logarithms of the days, each weekday with its own level."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topology.intake import clock
from topology.intake.arrivals import Arrivals
from topology.intake.window import Window, rounded
from topology.value import Estimate

FEWEST_DAYS = 28
_DAYS_A_YEAR = 365.25
_WIDEST = math.log(10)
"""An interval whose ends differ by more than ten times says nothing of next year."""
_LEAST, _MOST = -0.9, 100.0


@dataclass(frozen=True)
class Trend:
    """Growth in a year, or why there is none to tell."""

    growth: Estimate | None
    why: str = ""


def trend_of(arrivals: Arrivals, window: Window, *, dated: bool) -> Trend:
    """Growth of the requests of a day in a year, from the whole days of the log.

    Least squares of log(requests) on the weekday and the day; the 95 % interval is Student's, its error widened by
    the correlation of each day with the one before ((1 + r) / (1 - r) times the variance: Bartlett 1946).
    """
    counts, weekdays = _days(arrivals, window)
    why = _why_not(counts, dated=dated)
    if why:
        return Trend(None, f"No growth is given: {why}.")
    present = np.flatnonzero(counts)
    slope, error = _slope(np.log(counts[present]), weekdays[present], present.astype(np.float64))
    if 2 * error * _DAYS_A_YEAR > _WIDEST:
        low, high = (_yearly(slope + side * error) for side in (-1, 1))
        fits = f"anything from {low:+.0%} to {high:+.0%} a year fits its {counts.size} days"
        return Trend(None, f"No growth is given: {fits}.")
    return Trend(
        Estimate(
            low=_yearly(slope - error),
            mid=_yearly(slope),
            high=_yearly(slope + error),
            basis="measured",
            source=f"trend of {present.size} days of the log, weekdays apart, 95 % interval; seasons are not in it",
        )
    )


def _days(arrivals: Arrivals, window: Window) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Requests and weekday (0 is Monday) of each day that the log covers whole."""
    first, end = -(-window.first // clock.DAY), (window.last + 1) // clock.DAY
    if end <= first:
        return np.zeros(0), np.zeros(0, dtype=np.int64)
    days, counts = arrivals.by(clock.DAY)
    inside = (days >= first) & (days < end)
    by_day = np.zeros(end - first)
    by_day[days[inside] - first] = counts[inside]
    # 1970-01-01 was a Thursday.
    return by_day, (np.arange(first, end, dtype=np.int64) + 3) % 7


def _why_not(counts: NDArray[np.float64], *, dated: bool) -> str:
    if not dated:
        return "the log numbers days without a month"
    if counts.size < FEWEST_DAYS:
        return f"that takes {FEWEST_DAYS} whole days of log, and this has {counts.size}"
    empty = int(np.count_nonzero(counts == 0))
    return f"{empty} of its {counts.size} days have no requests" if empty * 10 > counts.size else ""


def _slope(logs: NDArray[np.float64], weekdays: NDArray[np.int64], days: NDArray[np.float64]) -> tuple[float, float]:
    """Growth of the logarithm a day, and half the width of its 95 % interval."""
    columns = np.column_stack([weekdays == number for number in np.unique(weekdays)] + [days - days.mean()])
    columns = columns.astype(np.float64)
    found, *_ = np.linalg.lstsq(columns, logs, rcond=None)
    rest = logs - columns @ found
    free = logs.size - columns.shape[1]
    spread = float(rest @ rest) / free
    variance = spread * float(np.linalg.inv(columns.T @ columns)[-1, -1])
    return float(found[-1]), _student(free) * math.sqrt(variance * _carried_over(rest))


def _carried_over(rest: NDArray[np.float64]) -> float:
    power = float(rest @ rest)
    one_after = float(rest[1:] @ rest[:-1]) / power if power > 0 else 0.0
    correlation = min(0.9, max(0.0, one_after))
    return (1 + correlation) / (1 - correlation)


def _student(free: int) -> float:
    """97.5 % point of Student's distribution, first terms of the Cornish-Fisher expansion (right to 0.2 % from 20)."""
    normal = 1.959964
    return normal + (normal**3 + normal) / (4 * free) + (5 * normal**5 + 16 * normal**3 + 3 * normal) / (96 * free**2)


def _yearly(slope: float) -> float:
    return rounded(min(_MOST, max(_LEAST, math.expm1(min(slope * _DAYS_A_YEAR, 10.0)))))
