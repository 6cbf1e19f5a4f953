"""The facts of a combined log counted once more, by other code: text, a pattern and dictionaries, no numpy."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

_LINE = re.compile(
    r'^(?P<host>\S+) \S+ \S+ \[(?P<time>[^\]]{20}) [+-]\d{4}\] "(?P<request>[^"]*)"'
    r" (?P<status>\d{3}) (?P<size>\d+|-)(?: |$)"
)
_STATIC = {
    "css", "js", "png", "gif", "jpg", "jpeg", "ico", "svg", "webp", "bmp", "xbm", "woff", "woff2", "ttf", "eot", "otf",
    "map", "swf", "mp3", "mp4", "avi", "mov", "mpg", "mpeg", "wav", "au", "pdf", "zip", "gz", "tgz", "tar", "exe", "ps",
    "txt", "xml",
}  # fmt: skip


@lru_cache(maxsize=1_000_000)
def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%d/%b/%Y:%H:%M:%S")
    except ValueError:
        return None


def _extension(request: str) -> str:
    words = request.split(" ")
    path = re.split("[?#;]", words[1])[0] if len(words) > 1 else ""
    name = path.split("/")[-1]
    return name.split(".")[-1].lower() if "." in name else ""


def count(path: Path) -> dict[str, Any]:
    """The facts that a combined log has."""
    lines = failed = static = text = whole = total = sized = static_total = 0
    hosts: set[str] = set()
    times: Counter[datetime] = Counter()
    status: Counter[str] = Counter()
    methods: Counter[str] = Counter()
    with path.open(encoding="latin-1", newline="\n") as file:
        for line in file:
            lines += 1
            found = _LINE.match(line.rstrip("\r\n"))
            moment = _moment(found["time"]) if found else None
            if found is None or moment is None:
                failed += 1
                continue
            times[moment] += 1
            hosts.add(found["host"])
            status[found["status"]] += 1
            extension = _extension(found["request"])
            words = found["request"].split(" ")
            if len(words) == 3 and words[2].startswith("HTTP/"):
                whole += 1
                methods[words[0]] += 1
            size = 0 if found["size"] == "-" else int(found["size"])
            sized += found["size"] != "-"
            total += size
            if extension in _STATIC:
                static += 1
                static_total += size
                text += extension in ("txt", "xml")
    parsed = lines - failed
    dynamic = parsed - static
    return {
        "lines": lines, "blank": 0, "parsed": parsed, "failed": failed, "other_lines": 0, **_periods(times, parsed),
        "static": static, "static_share": round(static / parsed, 4), "static_txt_xml": text, "dynamic": dynamic,
        "bytes_total": total, "bytes_lines": sized, "bytes_per_hit": round(total / parsed, 1),
        "bytes_per_static_hit": round(static_total / static, 1) if static else 0.0,
        "bytes_per_dynamic_hit": round((total - static_total) / dynamic, 1) if dynamic else 0.0,
        "wellformed_requests": whole, "other_requests": parsed - whole, "distinct_clients": len(hosts),
        "status_class": _summed(status, 1, "xx"), "status": _summed(status, 3),
        "methods": dict(sorted(methods.items())),
    }  # fmt: skip


def _summed(names: Counter[str], length: int, ending: str = "") -> dict[str, int]:
    sums: Counter[str] = Counter()
    for name, number in names.items():
        sums[name[:length] + ending] += number
    return dict(sorted(sums.items()))


def _periods(times: Counter[datetime], parsed: int) -> dict[str, Any]:
    first, last = min(times), max(times)
    days, hours, minutes = (_grouped(times, length) for length in (10, 13, 16))
    # The earliest of those that are level.
    (day, day_hits), (hour, hour_hits) = (
        max(sorted(found.items()), key=lambda item: item[1]) for found in (days, hours)
    )
    begin, end = first.replace(minute=0, second=0), last.replace(minute=0, second=0)
    span_hours = int((end - begin).total_seconds()) // 3600 + 1
    return {
        "first": first.isoformat(), "last": last.isoformat(), "span_s": int((last - first).total_seconds()),
        "days_with_hits": len(days), "span_days": (last.date() - first.date()).days + 1,
        "hits_per_active_day": round(parsed / len(days), 1), "peak_day": day, "peak_day_hits": day_hits,
        "peak_hour": hour, "peak_hour_hits": hour_hits, "span_hours": span_hours,
        "mean_hits_per_hour": round(parsed / span_hours, 2),
        "peak_to_mean_hour": round(hour_hits / (parsed / span_hours), 2),
        "peak_minute_hits": max(minutes.values()), "peak_second_hits": max(times.values()),
    }  # fmt: skip


def _grouped(times: Counter[datetime], length: int) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for moment, number in times.items():
        sums[moment.isoformat()[:length]] += number
    return dict(sums)
