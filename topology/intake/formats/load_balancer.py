"""Access logs of AWS load balancers: Application (ALB) and Classic (ELB).

Sources: AWS, "Access logs for your Application Load Balancer" and "Access logs for your Classic Load Balancer".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from topology.intake import clock
from topology.intake.format import Format, Reader
from topology.intake.hits import DASH, NO_STATUS, Hit, Miss, read_seconds, read_size, read_status
from topology.intake.requests import is_bot, read_request

_LINE = re.compile(
    rb"(?:(?:http|https|h2|grpcs|ws|wss) )?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z) \S+ (\S+) \S+ "
    rb"(-1|\d+\.\d+) (-1|\d+\.\d+) (-1|\d+\.\d+) (\d{3}|-) (?:\d{3}|-) \d+ (\d{1,13}|-) "
    rb'"((?:[^"\\]|\\.)*+)"(?: "((?:[^"\\]|\\.)*+)")?',
    re.DOTALL,
)
_BEGIN = re.compile(rb"(?:(?:http|https|h2|grpcs|ws|wss|tls|tcp) )?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def read(line: bytes) -> Hit | Miss:
    """One line; a TCP connection without a request is OTHER."""
    found = _LINE.match(line)
    if found is None:
        return Miss.FAILED if _BEGIN.match(line) else Miss.OTHER
    if found[6] == b"-" and found[8].startswith(b"- - -"):
        return Miss.OTHER
    when = clock.read_iso(found[1])
    status, size = read_status(found[6]), read_size(found[7])
    if when is None:
        return Miss.FAILED
    times = [found[3], found[4], found[5]]
    micros = DASH if b"-1" in times else sum(read_seconds(part) for part in times)
    client = found[2].rpartition(b":")[0] or found[2]
    request = read_request(found[8])
    return Hit(
        when[0],
        client,
        request,
        NO_STATUS if status is None else status,
        DASH if size is None else size,
        micros,
        when[1],
        is_bot(found[9]),
    )


def open_load_balancer(sample: Sequence[bytes]) -> Reader:
    """A reader that says which of the two it is."""
    application = any(re.match(rb"(http|https|h2|grpcs|ws|wss) ", line) for line in sample)
    return Reader(
        title="AWS ALB" if application else "AWS ELB",
        line=read,
        notes=("Times in an AWS log are those of UTC.",),
    )


LOAD_BALANCER = Format(name="load_balancer", open=open_load_balancer)
