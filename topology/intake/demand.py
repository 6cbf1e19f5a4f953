"""The workload that a log shows: rates, classes, sizes and times, each with its doubt."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import ValidationError

from topology import popularity
from topology.intake import clock
from topology.intake.arrivals import Arrivals, arrivals_of, robots_by_class
from topology.intake.bursts import CLUMPED, burst_of, burstiness_of, counting_error, is_clumped, share_error
from topology.intake.reading import LogReading
from topology.intake.refusal import LogRefused
from topology.intake.response_times import response_times
from topology.intake.tally import CLASSES, HOUR_STEP, LONG_POLL, WEBSOCKET, Tally
from topology.intake.trend import trend_of
from topology.intake.window import Window, basis_of, confidence_of, rounded, window_of
from topology.value import Estimate
from topology.workload import KINDS, Confidence, Kind, Observation, RequestClass, Robots, Sizes, Source, Workload

WRITING = ("POST", "PUT", "PATCH", "DELETE")
_ENOUGH_AT_PEAK = 500
"""Requests in the peak hour from which its own mix of classes is taken, not that of the whole log."""
_RANKED = 2000


def workload_of(
    reading: LogReading,
    *,
    busy_percent: float | None = None,
    server_type: str | None = None,
    cores: int | None = None,
    ram_used_mib: int | None = None,
    robots: bool = True,
) -> Workload:
    """The workload of a reading.

    `busy_percent` is how busy all cores of the server were in the log's busiest hour, 0 to 100; `server_type` or
    `cores`, and `ram_used_mib`, say which server that was. Without `robots`, rates, hours, bursts, growth and the mix
    of classes are those of people; sizes, times and status stay those of all. Raises LogRefused where the log has no
    request, or none of people.
    """
    tally = reading.tally
    if not tally.parsed:
        raise LogRefused("no request could be read, so there is no workload to work out", file=_name(reading))
    arrivals = _arrivals(reading, robots=robots)
    window = _window(tally, arrivals)
    seen = _observed(_rate_of_all(tally, window), busy_percent, server_type, cores, ram_used_mib)
    return _workload(reading, arrivals, window, observed=seen, left_out=not robots)


def people_of(reading: LogReading) -> tuple[Workload, dict[str, Any]] | None:
    """The workload of people, and their busiest hour; None where the log tells no robots, or has none but them."""
    tally = reading.tally
    if not tally.described or not tally.bots or tally.bots == tally.parsed:
        return None
    arrivals = arrivals_of(tally, robots=False)
    window = _window(tally, arrivals)
    hour = clock.iso_hour(window.peak_hour) if reading.dated else None
    found = _workload(reading, arrivals, window, observed=None, left_out=True)
    return found, {"hour": hour, "hits": window.peak_hits}


def _window(tally: Tally, arrivals: Arrivals) -> Window:
    seconds, _ = tally.seconds.merged()
    return window_of(arrivals, (int(seconds[0]), int(seconds[-1])))


def _workload(
    reading: LogReading, arrivals: Arrivals, window: Window, *, observed: Observation | None, left_out: bool
) -> Workload:
    tally = reading.tally
    confidence, why = confidence_of(window)
    clumped, thin = is_clumped(tally), confidence == "thin"
    told: dict[str, Any] = {
        "mean_requests_per_second": None if thin else _mean_rate(window),
        "burst_requests_per_second": None if clumped else burst_of(arrivals, window, confidence),
        "burstiness": None if clumped else burstiness_of(arrivals, window, confidence),
        "hours": None if thin else _profile(arrivals, window, dated=reading.dated),
        "status": _status(tally),
        "robots": _robots(tally, window, left_out=left_out),
        "popularity": _popularity(tally),
        "distinct_pages": _distinct_pages(tally),
        "write_share": _write_share(tally),
        "growth_per_year": trend_of(arrivals, window, dated=reading.dated).growth,
        "observed": observed,
    }
    return Workload(
        peak_requests_per_second=_peak(window, confidence),
        classes=_classes(tally, arrivals, window),
        source=_source(reading, confidence, why),
        **{key: value for key, value in told.items() if value is not None},
    )


def sentences(reading: LogReading) -> list[str]:
    """What the log could not tell of bursts and growth, in words."""
    tally = reading.tally
    if not tally.parsed:
        return []
    arrivals = arrivals_of(tally)
    trend = trend_of(arrivals, _window(tally, arrivals), dated=reading.dated)
    return [*([CLUMPED] if is_clumped(tally) else []), *([trend.why] if trend.why else [])]


def _arrivals(reading: LogReading, *, robots: bool) -> Arrivals:
    if robots:
        return arrivals_of(reading.tally)
    if not reading.tally.described:
        raise LogRefused(
            "this log does not say what its clients are, so robots cannot be left out; log the user agent",
            file="--without-robots",
        )
    arrivals = arrivals_of(reading.tally, robots=False)
    if not arrivals.seconds.size:
        raise LogRefused("every request of this log is a robot's", file="--without-robots")
    return arrivals


def _name(reading: LogReading) -> str:
    return ", ".join(reading.names[:3])


def _peak(window: Window, confidence: Confidence) -> Estimate:
    """Rate in the busiest hour; the range is its counting error and, above, what the log had no time to show."""
    low, high = counting_error(window.peak_hits)
    more, why = _unseen(window, confidence)
    rate = window.peak_rate
    return Estimate(
        low=rounded(low / window.peak_seconds * (0.5 if confidence == "thin" else 1)),
        mid=rounded(rate),
        high=rounded(max(high / window.peak_seconds, rate * more)),
        basis=basis_of(confidence),
        source=f"busiest hour of the log: {window.peak_hits} requests in {window.peak_seconds} s; high end: {why}",
    )


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
    return rounded(window.requests / (window.span_s + 1))


def _profile(arrivals: Arrivals, window: Window, *, dated: bool) -> tuple[float, ...] | None:
    """Mean requests by hour of the week (from a week on) or of the day (from one day on)."""
    if window.span_s < clock.DAY - 3600:
        return None
    slots = 168 if dated and window.span_s >= 7 * clock.DAY - 3600 else 24
    hours, by_hour = arrivals.by(3600)
    # 1970-01-01 was a Thursday: three days on from Monday.
    shift = 72 if slots == 168 else 0
    hits = np.bincount((hours + shift) % slots, weights=by_hour, minlength=slots)
    seen = np.bincount((np.arange(window.first // 3600, window.last // 3600 + 1) + shift) % slots, minlength=slots)
    return tuple(rounded(float(value)) for value in hits / np.maximum(seen, 1))


def _classes(tally: Tally, arrivals: Arrivals, window: Window) -> dict[str, RequestClass]:
    """Classes with their share at the peak, sizes and response times; what is held open stands apart."""
    codes, counts = arrivals.codes, arrivals.code_counts
    by_class = np.bincount(codes % HOUR_STEP, weights=counts, minlength=HOUR_STEP)
    at_peak = codes // HOUR_STEP == window.peak_hour
    if window.peak_hits >= _ENOUGH_AT_PEAK:
        peak = np.bincount(codes[at_peak] % HOUR_STEP, weights=counts[at_peak], minlength=HOUR_STEP)
    else:
        peak = by_class
    _, of_all = robots_by_class(tally, None)
    times = response_times(tally.times).by_class
    found = {}
    for number, name in enumerate(CLASSES):
        if not by_class[number]:
            continue
        parts: dict[str, Any] = {
            "bytes": _sizes(tally, number, int(of_all[number])),
            "response_ms": times.get(number),
        }
        share = round(float(peak[number] / peak.sum()), 4)
        known = {key: value for key, value in parts.items() if value is not None}
        found[name] = RequestClass(share=share, kind=_kind(number), **known)
    return found


def _robots(tally: Tally, window: Window, *, left_out: bool) -> Robots | None:
    """What clients that call themselves robots ask in the busiest hour (of a quiet log: in all of it)."""
    if not tally.described:
        return None
    theirs, all_of_it = robots_by_class(tally, window.peak_hour if window.peak_hits >= _ENOUGH_AT_PEAK else None)
    part, whole = int(theirs.sum()), int(all_of_it.sum())
    low, high = share_error(part, whole)
    share = Estimate(
        low=round(low, 4),
        mid=round(part / whole, 4),
        high=round(high, 4),
        basis="measured",
        source=f"{part} of {whole} requests are of clients that call themselves robots; others may be, and hide it",
    )
    asked = {CLASSES[number]: (int(theirs[number]), int(all_of_it[number])) for number in np.flatnonzero(all_of_it)}
    classes = {name: round(robots / everybody, 4) for name, (robots, everybody) in asked.items()}
    return Robots(share=share, classes=classes, **({"left_out": True} if left_out else {}))


def _popularity(tally: Tally) -> Estimate | None:
    """Exponent of Zipf's law over the pages, where enough of them come often enough."""
    hits = tally.pages.counts().hits
    found = popularity.fit(np.sort(hits[hits >= popularity.LEAST_HITS])[::-1][:_RANKED].tolist())
    if found is None:
        return None
    return Estimate(
        low=rounded(found.low),
        mid=rounded(found.mid),
        high=rounded(found.high),
        basis="measured",
        source=f"the {found.ranks} most wanted pages of the log; the range is that of its head and its tail",
    )


def _distinct_pages(tally: Tally) -> Estimate | None:
    """Different pages asked for; the high end guesses those that the log had no time to show (Chao 1984)."""
    counts = tally.pages.counts()
    seen = round(counts.distinct)
    if not seen:
        return None
    once, twice = (int(np.count_nonzero(counts.hits == number)) for number in (1, 2))
    unseen = once * (once - 1) / (2 * (twice + 1)) if not counts.dropped else 0.02 * seen
    return Estimate(
        low=round(0.98 * seen) if counts.dropped else seen,
        mid=seen,
        high=round(seen + unseen),
        basis="measured",
        source=f"pages got with GET and status 200; {once} came once only"
        if not counts.dropped
        else "pages got with GET and status 200, estimated from the smallest of their numbers",
    )


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


def _rate_of_all(tally: Tally, window: Window) -> float:
    """The rate of all requests in the peak hour: the server was busy with robots too, left out or not."""
    return int(robots_by_class(tally, window.peak_hour)[1].sum()) / window.peak_seconds


def _observed(
    rate: float, busy_percent: float | None, server_type: str | None, cores: int | None, ram_used_mib: int | None
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
            requests_per_second=rounded(rate),
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
