"""`host [DD:HH:MM:SS] "request" status bytes`: the form of the EPA trace, which has a day but no month.

Source: Internet Traffic Archive, EPA-HTTP (Bottomley 1995).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from topology.intake import clock
from topology.intake.format import Format, Reader
from topology.intake.hits import Hit, Miss, read_size, read_status
from topology.intake.requests import read_request

NAME = "host [day:time]"
_LINE = re.compile(rb'(\S+) \[([0-3]\d):(\d\d):(\d\d):(\d\d)\] "(.*)" (\d{3}|-) (\d{1,13}|-)(?: .*)?', re.DOTALL)


def read(line: bytes) -> Hit | Miss:
    """One line; its second counts from the beginning of day 1 of a month that is not known."""
    found = _LINE.fullmatch(line)
    if found is None:
        return Miss.FAILED
    day, size, status = int(found[2]), read_size(found[8]), read_status(found[7])
    within = clock.second_of_day(int(found[3]), int(found[4]), int(found[5]))
    if within is None or size is None or status is None or not 1 <= day <= 31:
        return Miss.FAILED
    return Hit((day - 1) * clock.DAY + within, found[1], read_request(found[6]), status, size)


def open_epa(sample: Sequence[bytes]) -> Reader:
    """The same reader for every log."""
    return Reader(title=NAME, line=read, dateless=True)


EPA = Format(name="epa", open=open_epa)
