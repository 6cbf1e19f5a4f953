"""How much of a site's life a log shows, its busiest hour, and how far that may be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topology.intake import clock
from topology.intake.arrivals import Arrivals
from topology.value import Basis
from topology.workload import Confidence


@dataclass(frozen=True, kw_only=True)
class Window:
    """How much of a site's life the log shows."""

    first: int
    last: int
    """First and last second of the log."""
    days: int
    span_days: int
    requests: int
    peak_hour: int
    """Hours since 1970."""
    peak_hits: int
    peak_seconds: int
    """Seconds of that hour that the log covers."""
    day_peaks: tuple[int, ...]
    """Requests in the busiest hour of each day that is covered whole."""

    @property
    def span_s(self) -> int:
        """Seconds from its first to its last request."""
        return self.last - self.first

    @property
    def peak_rate(self) -> float:
        """Requests per second in the busiest hour."""
        return self.peak_hits / self.peak_seconds


def window_of(arrivals: Arrivals, span: tuple[int, int]) -> Window:
    """What the log covers, and its busiest hour. `span` is the first and the last second of the whole log."""
    first, last = span
    hours, by_hour = arrivals.by(3600)
    covered = np.minimum(hours * 3600 + 3599, last) - np.maximum(hours * 3600, first) + 1
    # A few minutes at either end of the log must not pass for a busy hour.
    whole = covered >= min(1800, int(covered.max()))
    best = int(np.argmax(np.where(whole, by_hour / covered, -1)))
    days, _ = arrivals.by(clock.DAY)
    return Window(
        first=first,
        last=last,
        days=int(days.size),
        span_days=int(days[-1] - days[0]) + 1,
        requests=arrivals.requests,
        peak_hour=int(hours[best]),
        peak_hits=int(by_hour[best]),
        peak_seconds=max(60, int(covered[best])),
        day_peaks=_day_peaks(hours, by_hour, first, last),
    )


def _day_peaks(hours: NDArray[np.int64], by_hour: NDArray[np.int64], first: int, last: int) -> tuple[int, ...]:
    peaks: dict[int, int] = {}
    for day, hits in zip((hours // 24).tolist(), by_hour.tolist(), strict=True):
        peaks[day] = max(hits, peaks.get(day, 0))
    return tuple(
        peak for day, peak in peaks.items() if day * clock.DAY >= first and (day + 1) * clock.DAY <= last + 3600
    )


def confidence_of(window: Window) -> tuple[Confidence, str]:
    """How far the peak may be trusted, and why."""
    thin = _thinness(window)
    if thin:
        return "thin", thin
    if window.span_s < 7 * clock.DAY - 3600:
        return "fair", f"it spans {span_text(window.span_s)}, less than a week: a busier day may come"
    if window.days < 0.9 * window.span_days:
        return "fair", f"only {window.days} of {window.span_days} days have requests"
    return "good", f"it spans {span_text(window.span_s)} with requests on {window.days} of {window.span_days} days"


def _thinness(window: Window) -> str:
    if window.requests < 1000:
        return f"it has only {window.requests} requests in {span_text(window.span_s)}"
    if window.span_s < 3600:
        return f"it spans only {span_text(window.span_s)}: the busy hours may be others"
    if window.peak_hits < 60:
        return f"its busiest hour has only {window.peak_hits} requests, which one visitor can make"
    if window.days < 0.5 * window.span_days:
        return f"only {window.days} of its {window.span_days} days have requests: a part may be missing"
    return ""


def span_text(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds"
    if seconds < 7200:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.0f} hours" if seconds < 2 * clock.DAY else f"{seconds / clock.DAY:.0f} days"


def basis_of(confidence: Confidence) -> Basis:
    """What a figure of a log rests on: thin logs give guesses."""
    return "guess" if confidence == "thin" else "measured"


def rounded(value: float) -> float:
    """Six significant digits: a log knows no more."""
    return float(f"{value:.6g}")
