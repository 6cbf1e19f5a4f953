"""The facts of a log, by the definitions of a gawk program that derived them for real logs independently.

Local wall clock as logged; peaks go to the earliest where two are level; percentiles are nearest rank.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from topology.intake import clock
from topology.intake.reading import LogReading
from topology.intake.tally import WEBSOCKET, Tally, grouped


def facts_of(reading: LogReading) -> dict[str, Any]:
    """All facts; what the log cannot tell is None."""
    tally, lines = reading.tally, reading.lines
    facts: dict[str, Any] = {
        "lines": lines.read,
        "blank": lines.blank,
        "parsed": tally.parsed,
        "failed": lines.failed,
        "other_lines": lines.other,
        **_when(reading),
        **_what(tally),
        "distinct_clients": tally.clients.count() if tally.clients_named else None,
        **_answers(tally),
        **_times(tally),
    }
    return facts


def groups(
    seconds: NDArray[np.int64], counts: NDArray[np.int64], width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Counts by periods of `width` seconds: the numbers of the periods that have any, in order, and their counts."""
    return grouped(seconds // width, counts)


def _when(reading: LogReading) -> dict[str, Any]:
    seconds, counts = reading.tally.seconds.merged()
    if not seconds.size:
        return dict.fromkeys(_WHEN)
    (days, by_day), (hours, by_hour) = groups(seconds, counts, clock.DAY), groups(seconds, counts, 3600)
    peak_day, peak_hour = int(by_day.argmax()), int(by_hour.argmax())
    span_hours = int(hours[-1] - hours[0]) + 1
    parsed, dated = reading.tally.parsed, reading.dated
    mean = parsed / span_hours
    values = (
        clock.iso_second(int(seconds[0])) if dated else None,
        clock.iso_second(int(seconds[-1])) if dated else None,
        int(seconds[-1] - seconds[0]),
        int(days.size),
        int(days[-1] - days[0]) + 1,
        round(parsed / days.size, 1),
        clock.iso_day(int(days[peak_day])) if dated else None,
        int(by_day[peak_day]),
        clock.iso_hour(int(hours[peak_hour])) if dated else None,
        int(by_hour[peak_hour]),
        span_hours,
        round(mean, 2),
        round(int(by_hour[peak_hour]) / mean, 2),
        int(groups(seconds, counts, 60)[1].max()),
        int(counts.max()),
    )
    return dict(zip(_WHEN, values, strict=True))


_WHEN = (
    "first", "last", "span_s", "days_with_hits", "span_days", "hits_per_active_day", "peak_day", "peak_day_hits",
    "peak_hour", "peak_hour_hits", "span_hours", "mean_hits_per_hour", "peak_to_mean_hour", "peak_minute_hits",
    "peak_second_hits",
)  # fmt: skip


def _what(tally: Tally) -> dict[str, Any]:
    sizes, dynamic = tally.sizes, tally.parsed - tally.static
    told = sizes.told
    return {
        "static": tally.static,
        "static_share": round(tally.static / tally.parsed, 4) if tally.parsed else None,
        "static_txt_xml": tally.text,
        "dynamic": dynamic,
        "bytes_total": sizes.total if told else None,
        "bytes_lines": sizes.logged if told else None,
        "bytes_per_hit": _mean(sizes.total, tally.parsed) if told else None,
        "bytes_per_static_hit": _mean(sizes.static_total, tally.static) if told else None,
        "bytes_per_dynamic_hit": _mean(sizes.total - sizes.static_total, dynamic) if told else None,
        "wellformed_requests": tally.whole,
        "other_requests": tally.parsed - tally.whole,
    }


def _mean(total: int, count: int) -> float:
    return round(total / count, 1) if count else 0.0


def _answers(tally: Tally) -> dict[str, Any]:
    classes: dict[str, int] = {}
    for status, count in sorted(tally.status.items()):
        name = f"{status // 100}xx" if status >= 0 else "-"
        classes[name] = classes.get(name, 0) + count
    return {
        "status_class": classes,
        "status": {f"{status:03d}" if status >= 0 else "-": count for status, count in sorted(tally.status.items())},
        "methods": dict(sorted(tally.method_counts.items())),
    }


def _times(tally: Tally) -> dict[str, Any]:
    micros, classes = tally.times.columns()
    switched = classes == WEBSOCKET
    if not micros.size:
        return {**{f"rt_{key}": None for key in _QUANTITIES}, "rt_excl_1xx": None}
    whole = {f"rt_{key}": value for key, value in quantities(micros).items()}
    return {**whole, "rt_excl_1xx": quantities(micros[~switched]) if not switched.all() else None}


_QUANTITIES = ("n", "mean_s", "p50_s", "p95_s", "p99_s", "max_s")


def quantities(micros: NDArray[np.int64]) -> dict[str, Any]:
    """Number, mean, nearest-rank percentiles and maximum, in seconds."""
    ordered = np.sort(micros)
    ranks = [max(0, int(np.ceil(share * ordered.size)) - 1) for share in (0.5, 0.95, 0.99)]
    return {
        "n": int(ordered.size),
        "mean_s": round(float(ordered.mean()) / 1e6, 6),
        "p50_s": int(ordered[ranks[0]]) / 1e6,
        "p95_s": int(ordered[ranks[1]]) / 1e6,
        "p99_s": int(ordered[ranks[2]]) / 1e6,
        "max_s": int(ordered[-1]) / 1e6,
    }
