"""The workload that a log shows: rates, classes, sizes and times, each with its doubt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from topology.intake import clock
from topology.intake.facts import groups
from topology.intake.reading import LogReading
from topology.intake.refusal import LogRefused
from topology.intake.response_times import response_times
from topology.intake.tally import CLASSES, HOUR_STEP, LONG_POLL, WEBSOCKET, Tally
from topology.value import Basis, Estimate
from topology.workload import KINDS, Confidence, Kind, Observation, RequestClass, Sizes, Source, Workload

WRITING = ("POST", "PUT", "PATCH", "DELETE")
_ENOUGH_AT_PEAK = 500
"""Requests in the peak hour from which its own mix of classes is taken, not that of the whole log."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """How much of a site's life the log shows."""

    span_s: int
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
    def peak_rate(self) -> float:
        """Requests per second in the busiest hour."""
        return self.peak_hits / self.peak_seconds


def workload_of(
    reading: LogReading,
    *,
    busy_percent: float | None = None,
    server_type: str | None = None,
    cores: int | None = None,
    ram_used_mib: int | None = None,
) -> Workload:
    """The workload of a reading.

    `busy_percent` is how busy all cores of the server were in the log's busiest hour, 0 to 100; `server_type` or
    `cores`, and `ram_used_mib`, say which server that was. Raises LogRefused where the log has no request.
    """
    tally = reading.tally
    if not tally.parsed:
        raise LogRefused("no request could be read, so there is no workload to work out", file=_name(reading))
    window = window_of(tally)
    confidence, why = confidence_of(window)
    told: dict[str, Any] = {
        "mean_requests_per_second": None if confidence == "thin" else _mean_rate(window),
        "burst_requests_per_second": _burst(tally, window, confidence),
        "hours": None if confidence == "thin" else _profile(tally, window, dated=reading.dated),
        "status": _status(tally),
        "write_share": _write_share(tally),
        "observed": _observed(window, busy_percent, server_type, cores, ram_used_mib),
    }
    return Workload(
        peak_requests_per_second=_peak(window, confidence),
        classes=_classes(tally, window),
        source=_source(reading, confidence, why),
        **{key: value for key, value in told.items() if value is not None},
    )


def _name(reading: LogReading) -> str:
    return ", ".join(reading.names[:3])


def window_of(tally: Tally) -> Window:
    """What the log covers, and its busiest hour."""
    seconds, counts = tally.seconds.merged()
    first, last = int(seconds[0]), int(seconds[-1])
    hours, by_hour = groups(seconds, counts, 3600)
    covered = np.minimum(hours * 3600 + 3599, last) - np.maximum(hours * 3600, first) + 1
    # A few minutes at either end of the log must not pass for a busy hour.
    whole = covered >= min(1800, int(covered.max()))
    best = int(np.argmax(np.where(whole, by_hour / covered, -1)))
    days = np.unique(seconds // clock.DAY)
    return Window(
        span_s=last - first,
        days=int(days.size),
        span_days=int(days[-1] - days[0]) + 1,
        requests=tally.parsed,
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
        return "fair", f"it spans {_span(window.span_s)}, less than a week: a busier day may come"
    if window.days < 0.9 * window.span_days:
        return "fair", f"only {window.days} of {window.span_days} days have requests"
    return "good", f"it spans {_span(window.span_s)} with requests on {window.days} of {window.span_days} days"


def _thinness(window: Window) -> str:
    if window.requests < 1000:
        return f"it has only {window.requests} requests in {_span(window.span_s)}"
    if window.span_s < 3600:
        return f"it spans only {_span(window.span_s)}: the busy hours may be others"
    if window.peak_hits < 60:
        return f"its busiest hour has only {window.peak_hits} requests, which one visitor can make"
    if window.days < 0.5 * window.span_days:
        return f"only {window.days} of its {window.span_days} days have requests: a part may be missing"
    return ""


def _span(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds"
    if seconds < 7200:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.0f} hours" if seconds < 2 * clock.DAY else f"{seconds / clock.DAY:.0f} days"


def _basis(confidence: Confidence) -> Basis:
    return "guess" if confidence == "thin" else "measured"


def _peak(window: Window, confidence: Confidence) -> Estimate:
    """Rate in the busiest hour; the range is its counting error and, above, what the log had no time to show."""
    low, high = _counting_error(window.peak_hits)
    more, why = _unseen(window, confidence)
    rate = window.peak_rate
    return Estimate(
        low=_rounded(low / window.peak_seconds * (0.5 if confidence == "thin" else 1)),
        mid=_rounded(rate),
        high=_rounded(max(high / window.peak_seconds, rate * more)),
        basis=_basis(confidence),
        source=f"busiest hour of the log: {window.peak_hits} requests in {window.peak_seconds} s; high end: {why}",
    )


def _counting_error(hits: int) -> tuple[float, float]:
    """95 % interval of a Poisson count, from Wilson and Hilferty's approximation of the chi-squared distribution.

    Garwood (1936) for the interval; Wilson and Hilferty (1931) for the approximation.
    """
    lower = hits * (1 - 1 / (9 * hits) - 1.96 / (3 * math.sqrt(hits))) ** 3 if hits else 0.0
    more = hits + 1
    return max(0.0, lower), more * (1 - 1 / (9 * more) + 1.96 / (3 * math.sqrt(more))) ** 3


def _unseen(window: Window, confidence: Confidence) -> tuple[float, str]:
    """How much higher the peak may be than the log had time to show."""
    if confidence == "thin":
        return 5.0, "five times as much, a guess, for a thin log"
    if window.span_s < clock.DAY - 3600:
        return 3.0, "three times as much, a guess, since the log covers less than a day"
    if len(window.day_peaks) < 5:
        return 1.5, "half as much again, a guess, since the log covers less than a week"
    peaks = np.array(window.day_peaks, dtype=np.float64)
    spread = 2 * float(peaks.std(ddof=1)) / window.peak_hits
    return 1 + spread, f"two standard deviations of the peaks of {peaks.size} days"


def _mean_rate(window: Window) -> float:
    return _rounded(window.requests / (window.span_s + 1))


def is_clumped(tally: Tally) -> bool:
    """Whether whole hours of requests carry one and the same minute: such times are no moments of arrival."""
    seconds, counts = tally.seconds.merged()
    hours, _ = groups(seconds, counts, 3600)
    minutes, _ = groups(seconds, counts, 60)
    return bool(hours.size >= 12 and tally.parsed >= 20 * hours.size and minutes.size < 1.2 * hours.size)


CLUMPED = (
    "All requests of an hour carry one and the same minute, so the times were rewritten or rounded: how the requests"
    " bunch within an hour cannot be told, and no burst rate is given."
)


def _burst(tally: Tally, window: Window, confidence: Confidence) -> Estimate | None:
    """Rate in the busiest minute of the log, never below that of its busiest hour."""
    if is_clumped(tally):
        return None
    seconds, counts = tally.seconds.merged()
    most = int(groups(seconds, counts, 60)[1].max())
    low, high = _counting_error(most)
    peak = window.peak_rate
    mid = max(most / 60, peak)
    return Estimate(
        low=_rounded(min(mid, max(low / 60, peak))),
        mid=_rounded(mid),
        high=_rounded(max(high / 60, mid) * (2 if confidence == "thin" else 1)),
        basis=_basis(confidence),
        source=f"busiest minute of the log: {most} requests; its busiest second has {int(counts.max())}",
    )


def _profile(tally: Tally, window: Window, *, dated: bool) -> tuple[float, ...] | None:
    """Mean requests by hour of the week (from two weeks on) or of the day (from one day on)."""
    if window.span_s < clock.DAY - 3600:
        return None
    seconds, counts = tally.seconds.merged()
    slots = 168 if dated and window.span_s >= 14 * clock.DAY else 24
    hours, by_hour = groups(seconds, counts, 3600)
    # 1970-01-01 was a Thursday: three days on from Monday.
    shift = 72 if slots == 168 else 0
    hits = np.bincount((hours + shift) % slots, weights=by_hour, minlength=slots)
    seen = np.bincount((np.arange(hours[0], hours[-1] + 1) + shift) % slots, minlength=slots)
    return tuple(_rounded(float(value)) for value in hits / np.maximum(seen, 1))


def _classes(tally: Tally, window: Window) -> dict[str, RequestClass]:
    """Classes with their share at the peak, sizes and response times; what is held open stands apart."""
    codes, counts = tally.hour_classes.merged()
    by_class = np.bincount(codes % HOUR_STEP, weights=counts, minlength=HOUR_STEP)
    at_peak = (codes // HOUR_STEP == window.peak_hour) & (window.peak_hits >= _ENOUGH_AT_PEAK)
    if at_peak.any():
        peak = np.bincount(codes[at_peak] % HOUR_STEP, weights=counts[at_peak], minlength=HOUR_STEP)
    else:
        peak = by_class
    times = response_times(tally.times).by_class
    found = {}
    for number, name in enumerate(CLASSES):
        if not by_class[number]:
            continue
        parts: dict[str, Any] = {
            "bytes": _sizes(tally, number, int(by_class[number])),
            "response_ms": times.get(number),
        }
        share = round(float(peak[number] / peak.sum()), 4)
        known = {key: value for key, value in parts.items() if value is not None}
        found[name] = RequestClass(share=share, kind=_kind(number), **known)
    return found


def _kind(number: int) -> Kind:
    # What is held open is answered by the application, as an API call is.
    return "api" if number in (LONG_POLL, WEBSOCKET) else KINDS[number]


def _sizes(tally: Tally, number: int, requests: int) -> Sizes | None:
    if not tally.sizes.told:
        return None
    p50, p95, p99 = (tally.sizes.percentile(number, share) for share in (0.5, 0.95, 0.99))
    return Sizes(mean=round(tally.sizes.by_class[number] / requests, 1), p50=p50, p95=p95, p99=p99)


def _status(tally: Tally) -> dict[str, float] | None:
    classes: dict[str, int] = {}
    for status, count in sorted(tally.status.items()):
        if 100 <= status < 600:
            classes[f"{status // 100}xx"] = classes.get(f"{status // 100}xx", 0) + count
    total = sum(classes.values())
    return {name: round(count / total, 4) for name, count in classes.items()} if total else None


def _write_share(tally: Tally) -> Estimate | None:
    dynamic = tally.parsed - tally.static
    writes = sum(tally.method_counts[method] for method in WRITING)
    if not dynamic or not tally.method_counts:
        return None
    share = min(1.0, writes / dynamic)
    return Estimate(
        low=round(share / 2, 4),
        mid=round(share, 4),
        high=round(min(1.0, 2 * share), 4),
        basis="guess",
        source="share of POST, PUT, PATCH and DELETE; a GET may write a session, and a POST may only read",
    )


def _observed(
    window: Window, busy_percent: float | None, server_type: str | None, cores: int | None, ram_used_mib: int | None
) -> Observation | None:
    if busy_percent is None:
        if (server_type, cores, ram_used_mib) != (None, None, None):
            raise LogRefused("say too how busy that server was in the log's busiest hour", file="--busy")
        return None
    if not 0 < busy_percent <= 100:
        raise LogRefused(
            "say how busy the server was in percent of all its cores, above 0 and up to 100", file="--busy"
        )
    parts: dict[str, Any] = {"server_type": server_type, "cores": cores, "ram_used_mib": ram_used_mib}
    try:
        return Observation(
            cpu_share=round(busy_percent / 100, 6),
            requests_per_second=_rounded(window.peak_rate),
            **{key: value for key, value in parts.items() if value is not None},
        )
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0]).replace("_mib", "").replace("_", "-")
        raise LogRefused(error.errors()[0]["msg"].replace("Input should", "this should"), file=f"--{field}") from None


def _source(reading: LogReading, confidence: Confidence, why: str) -> Source:
    tally = reading.tally
    seconds, _ = tally.seconds.merged()
    parts: dict[str, Any] = {
        "first": clock.iso_second(int(seconds[0])) if reading.dated else None,
        "last": clock.iso_second(int(seconds[-1])) if reading.dated else None,
        "bot_share": round(tally.bots / tally.described, 4) if tally.described else None,
    }
    return Source(
        lines=reading.lines.read,
        parsed=tally.parsed,
        formats=tuple(reading.formats),
        confidence=confidence,
        why=why,
        **{key: value for key, value in parts.items() if value is not None},
    )


def _rounded(value: float) -> float:
    """Six significant digits: a log knows no more."""
    return float(f"{value:.6g}")
