"""JSON, one object a line: nginx with a log_format of its own, Caddy, Traefik and their like.

Sources: nginx ngx_http_log_module and ngx_http_core_module (variables), Caddy "How Logging Works", Traefik
"Access Logs"; the names are those that people give the fields in practice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from topology.intake import clock
from topology.intake.format import Format, Reader
from topology.intake.hits import (
    DASH,
    LARGEST,
    NO_STATUS,
    NOT_LOGGED,
    Hit,
    Miss,
    read_seconds,
    read_size,
    read_status,
)
from topology.intake.requests import Request, is_bot, read_request, request_of

# Looked for in this order; the first that a line has is taken. Capitals make no difference.
TIME = ("time_local", "time_iso8601", "startlocal", "startutc", "@timestamp", "timestamp", "time", "date", "datetime",
        "ts", "msec", "time_msec")  # fmt: skip
LINE = ("request", "request_line", "http_request", "requestline")
METHOD = ("request_method", "method", "requestmethod", "http_method", "verb")
PATH = ("request_uri", "uri", "requestpath", "requesturi", "path", "url", "request_path", "http_uri")
STATUS = ("status", "downstreamstatus", "status_code", "response_status", "http_status", "code", "response")
SIZE = ("body_bytes_sent", "bytes_sent", "body_bytes", "downstreamcontentsize", "size", "bytes", "length", "sent",
        "response_size", "response_length", "content_length")  # fmt: skip
CLIENT = ("remote_addr", "client_ip", "remote_ip", "clienthost", "clientip", "client", "ip", "remote_host", "host_ip",
          "remote", "clientaddr")  # fmt: skip
AGENT = ("http_user_agent", "user_agent", "useragent", "request_user-agent", "agent", "ua")
SECONDS = ("request_time", "response_time", "duration", "latency", "elapsed", "apptime", "time_taken",
           "generation_time_milli", "duration_ms", "request_time_ms", "upstream_response_time")  # fmt: skip

_ESCAPES = re.compile(rb"\\x[0-9A-Fa-f]{2}")
_NANOSECONDS = "DownstreamStatus"


class Names(NamedTuple):
    """The names that a line uses for what is read, best first, each as the line spells it."""

    time: tuple[str, ...]
    line: tuple[str, ...]
    method: tuple[str, ...]
    path: tuple[str, ...]
    status: tuple[str, ...]
    size: tuple[str, ...]
    client: tuple[str, ...]
    agent: tuple[str, ...]
    seconds: tuple[str, ...]


@lru_cache(maxsize=256)
def _names(keys: tuple[str, ...]) -> Names:
    """Lines of one log have the same few sets of names, so each set is looked through once."""
    spelled = {key.lower(): key for key in keys}
    wanted = (TIME, LINE, METHOD, PATH, STATUS, SIZE, CLIENT, AGENT, SECONDS)
    return Names(*(tuple(spelled[name] for name in names if name in spelled) for names in wanted))


def read(line: bytes) -> Hit | Miss:
    """One line: an object, perhaps after a prefix such as `caddy  | `; objects that are no requests are OTHER."""
    start = line.find(b"{")
    if start < 0:
        return Miss.OTHER
    fields = _load(line[start:])
    if fields is None:
        return Miss.FAILED
    return hit_of(fields)


def hit_of(fields: Mapping[str, Any]) -> Hit | Miss:
    """The request of a mapping, as JSON and LTSV lines give them."""
    inner = fields.get("request")
    if isinstance(inner, dict):
        fields = {**inner, **fields, "request": None}
    names = _names(tuple(fields))
    request, status = _request(fields, names), _first(fields, names.status)
    if request is None or status is None:
        return Miss.OTHER
    when = _moment(_first(fields, names.time))
    code = _status(status)
    if when is None or code is None:
        return Miss.FAILED
    return Hit(
        when[0],
        _bytes(_first(fields, names.client)),
        request,
        code,
        _size(_first(fields, names.size)),
        _micros(fields, names.seconds),
        when[1],
        is_bot(_bytes(_first(fields, names.agent))),
    )


def _load(text: bytes) -> dict[str, Any] | None:
    """The object, also where nginx has written \\x22, which is not JSON, or bytes that are not UTF-8."""
    loaded = _parsed(text)
    if loaded is None and b"\\x" in text:
        loaded = _parsed(_ESCAPES.sub(b"?", text))
    return loaded if isinstance(loaded, dict) else None


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None


def _first(fields: Mapping[str, Any], names: Sequence[str]) -> Any:
    for name in names:
        if fields[name] is not None:
            return fields[name]
    return None


def _bytes(value: Any) -> bytes | None:
    return None if value is None else str(value).encode(errors="replace")


def _request(fields: Mapping[str, Any], names: Names) -> Request | None:
    line = _first(fields, names.line)
    if isinstance(line, str):
        return read_request(line.encode(errors="replace"))
    path = _first(fields, names.path)
    method = _first(fields, names.method)
    if not isinstance(path, str) or not isinstance(method, str | None):
        return None
    return request_of((method or "").encode(errors="replace"), path.encode(errors="replace"))


def _moment(value: Any) -> tuple[int, bytes] | None:
    if isinstance(value, str):
        return _written_moment(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        second = clock.read_epoch(float(min(max(value, 0), 10**15)))
        return None if second is None else (second, b"Z")
    return None


@lru_cache(maxsize=4096)
def _written_moment(text: str) -> tuple[int, bytes] | None:
    written = text.encode(errors="replace").strip(b"[]")
    if re.fullmatch(rb"\d{9,13}(\.\d{1,6})?", written):
        second = clock.read_epoch(float(written))
        return None if second is None else (second, b"Z")
    return clock.read_clf(written) or clock.read_iso(written)


def _status(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value <= 999 else NO_STATUS
    return read_status(value.encode(errors="replace")) if isinstance(value, str) else None


def _size(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value < LARGEST else DASH
    if isinstance(value, str):
        size = read_size(value.encode(errors="replace"))
        return DASH if size is None else size
    return NOT_LOGGED


def _micros(fields: Mapping[str, Any], names: Sequence[str]) -> int:
    """Microseconds: seconds by default, milliseconds where the name says so, nanoseconds for Traefik."""
    name = next((name for name in names if fields[name] is not None), None)
    if name is None:
        return NOT_LOGGED
    value, unit = fields[name], 1000.0 if name.lower().endswith("_ms") else 1e6
    if isinstance(value, str):
        return read_seconds(value.encode(errors="replace"), int(unit))
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
        return DASH
    micros = value / 1000 if _NANOSECONDS in fields else value * unit
    return round(micros) if micros < 1e15 else DASH


def open_json(sample: Sequence[bytes]) -> Reader:
    """The same reader for every log."""
    fields = next((found for line in sample if b"{" in line and (found := _load(line[line.find(b"{") :]))), {})
    epoch = isinstance(_first(fields, _names(tuple(fields)).time), int | float)
    notes = ("Times in this log are seconds since 1970, so hours are those of UTC.",) if epoch else ()
    return Reader(title=f"JSON lines{_maker(fields)}", line=read, notes=notes)


def _maker(fields: Mapping[str, Any]) -> str:
    if "DownstreamStatus" in fields:
        return " (Traefik)"
    return " (Caddy)" if "logger" in fields or isinstance(fields.get("request"), dict) else ""


JSON = Format(name="json", open=open_json)
