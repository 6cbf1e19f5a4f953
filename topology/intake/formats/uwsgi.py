"""uWSGI's request lines, which stand between whatever else the server and the site print.

Source: uWSGI core/logging.c, the default request logger; times are msecs, or micros with --log-micros.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from topology.intake import clock
from topology.intake.format import Format, Reader
from topology.intake.hits import NO_STATUS, Hit, Miss, read_size, read_status
from topology.intake.requests import request_of

_LINE = re.compile(
    rb"\[pid: \d+\|app: [^|]{1,20}\|req: [^\]]{1,40}\] (\S*) \(.{0,256}?\) \{\d+ vars in \d+ bytes\} "
    rb"\[[A-Z][a-z][a-z] ([A-Z][a-z][a-z]) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})\] "
    rb"(\S+) (.*) => generated (\d{1,13}) bytes in (\d{1,12}) (msecs|micros)(?: via [a-z()]+)?"
    rb"(?: \((?:HTTP/[\d.]+ )?(\d{3})\))?",
    re.DOTALL,
)
_BEGIN = re.compile(rb"\[pid: \d+\|app: ")


def read(line: bytes) -> Hit | Miss:
    """One line; what does not look like the beginning of a request line is OTHER."""
    begin = _BEGIN.search(line)
    if begin is None:
        return Miss.OTHER
    found = _LINE.match(line, begin.start())
    if found is None:
        return Miss.FAILED
    month = clock.MONTHS.get(found[2])
    second = month and clock.moment(int(found[7]), month, int(found[3]), (found[4], found[5], found[6]))
    size = read_size(found[10])
    if second is None or size is None or not month:
        return Miss.FAILED
    micros = int(found[11]) * (1000 if found[12] == b"msecs" else 1)
    status = read_status(found[13]) if found[13] else None
    request = request_of(found[8], found[9])
    return Hit(second, found[1], request, NO_STATUS if status is None else status, size, micros)


def open_uwsgi(sample: Sequence[bytes]) -> Reader:
    """The same reader for every log."""
    return Reader(title="uWSGI", line=read)


UWSGI = Format(name="uwsgi", open=open_uwsgi)
