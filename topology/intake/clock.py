"""Wall-clock times of logs, as whole seconds since 1970-01-01T00:00:00 of the same wall clock."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

DAY = 86_400
FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Years outside these are taken for garbage: HTTP is younger, and a plan does not reach that far."""

MONTHS = {
    name: number
    for number, name in enumerate(
        (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"), start=1
    )
}
_EPOCH = date(1970, 1, 1).toordinal()
_ISO = re.compile(rb"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,]\d{1,9})?(Z|[+-]\d\d:?\d\d)?")
_CLF = re.compile(rb"(\d\d)/([A-Z][a-z][a-z])/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.\d{1,6})?(?: ([+-]\d{4}))?")


@lru_cache(maxsize=4096)
def day_start(year: int, month: int, day: int) -> int | None:
    """Seconds at the start of a day, or None where there is no such day."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return (date(year, month, day).toordinal() - _EPOCH) * DAY
    except ValueError:
        return None


def second_of_day(hour: int, minute: int, second: int) -> int | None:
    """Seconds since midnight; a leap second counts as the first second of the next minute."""
    if hour > 23 or minute > 59 or second > 60:
        return None
    return hour * 3600 + minute * 60 + second


def moment(year: int, month: int, day: int, clock: tuple[bytes, bytes, bytes]) -> int | None:
    """Seconds of a date and a clock time written in digits, or None where there is no such moment."""
    start = day_start(year, month, day)
    within = second_of_day(int(clock[0]), int(clock[1]), int(clock[2]))
    return None if start is None or within is None else start + within


def read_clf(text: bytes) -> tuple[int, bytes] | None:
    """`10/Feb/2012:16:42:07 -0500`: local seconds and the offset as written (empty where there is none)."""
    found = _CLF.fullmatch(text)
    month = MONTHS.get(found[2]) if found else None
    if found is None or month is None:
        return None
    second = moment(int(found[3]), month, int(found[1]), (found[4], found[5], found[6]))
    return None if second is None else (second, found[7] or b"")


def read_iso(text: bytes) -> tuple[int, bytes] | None:
    """`2012-02-10T16:42:07.123-05:00`: local seconds and the offset as written."""
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    second = moment(int(found[1]), int(found[2]), int(found[3]), (found[4], found[5], found[6]))
    return None if second is None else (second, (found[7] or b"").replace(b":", b""))


def read_epoch(value: float) -> int | None:
    """Seconds or milliseconds since 1970 in UTC, as Caddy and `$msec` write them."""
    if not math.isfinite(value) or value <= 0:
        return None
    seconds = value / 1000 if value >= 1e11 else value
    return int(seconds) if seconds < 7_258_118_400 else None


class DayNumbers:
    """Dates for a log that numbers its days only: a fall from a month's end to its beginning starts the next one.

    Without a month of its own each month counts as 31 days, so that spans across two are not to be trusted.
    """

    def __init__(self, month: tuple[int, int] | None) -> None:
        self._month = month
        self._later = 0
        self._day: int | None = None
        self.crossed = False

    def date(self, second: int) -> int:
        """Local seconds of a moment that is given in seconds since the beginning of day 1 of its month."""
        day = second // DAY
        if self._day is not None and abs(day - self._day) > 15:
            self._later += 1 if day < self._day else -1
            self.crossed = True
        self._day = day
        return self._start() + second

    def _start(self) -> int:
        if self._month is None:
            return self._later * 31 * DAY
        months = self._month[0] * 12 + self._month[1] - 1 + self._later
        return day_start(months // 12, months % 12 + 1, 1) or 0


def iso_second(second: int) -> str:
    """`1995-08-01T00:00:01`."""
    return _utc(second).strftime("%Y-%m-%dT%H:%M:%S")


def iso_hour(hour: int) -> str:
    """`1995-08-01T00`, of hours since 1970."""
    return _utc(hour * 3600).strftime("%Y-%m-%dT%H")


def iso_day(day: int) -> str:
    """`1995-08-01`, of days since 1970."""
    return _utc(day * DAY).strftime("%Y-%m-%d")


def _utc(second: int) -> datetime:
    # The zone is a device of arithmetic only: the clock is the log's own.
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
