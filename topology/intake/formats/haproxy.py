"""HAProxy's HTTP log (option httplog), with or without a syslog prefix and captured headers.

Source: HAProxy configuration manual, section 8.2.3 "HTTP log format".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from topology.intake import clock
from topology.intake.format import Format, Reader
from topology.intake.hits import DASH, NO_STATUS, Hit, Miss, read_size, read_status
from topology.intake.requests import read_request

# It begins with the colon of the client's port: begun with the client, a search would take quadratic time.
_ACCEPTED = re.compile(rb":\d{1,5} \[([^\]]{0,40})\] \S{1,200} [^\s/]{1,200}/\S{1,200} ([-+\d/]{1,100}) ")
_REST = re.compile(
    rb"(-?\d{1,3}) \+?(\d{1,13}) (?:\S+ ){2}\S{4} [+\d]+(?:/[+\d]+){4} \d+/\d+ (?:\{[^{}]*\} ){0,2}\"(.*?)(?:\"|\Z)",
    re.DOTALL,
)
_CLOCK = re.compile(rb"(\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d)\.\d{3}")


def read(line: bytes) -> Hit | Miss:
    """One line; starts, stops, handshake failures and TCP lines are OTHER."""
    accepted = _ACCEPTED.search(line)
    if accepted is None or accepted[2].count(b"/") != 4:
        return Miss.OTHER
    rest = _REST.match(line, accepted.end())
    stamp = _CLOCK.fullmatch(accepted[1])
    when = clock.read_clf(stamp[1]) if stamp else None
    if rest is None or when is None:
        return Miss.FAILED
    size, status = read_size(rest[2]), read_status(rest[1])
    total = accepted[2].rpartition(b"/")[2].lstrip(b"+")
    return Hit(
        when[0],
        line[: accepted.start()].rpartition(b" ")[2],
        read_request(rest[3]),
        NO_STATUS if status is None else status,
        DASH if size is None else size,
        int(total) * 1000 if total.isdigit() and len(total) <= 12 else DASH,
    )


def open_haproxy(sample: Sequence[bytes]) -> Reader:
    """The same reader for every log."""
    return Reader(title="HAProxy HTTP", line=read)


HAPROXY = Format(name="haproxy", open=open_haproxy)
