"""Words of a line as the compiled scanner reads them: bytes to skip, digits, and the time in brackets.

numba keeps what it compiles by the file that asks for it: after a change here, touch `scanner.py` too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from topology.intake.compiled import compiled

SPACE, SLASH, ZERO, NINE, MINUS = 0x20, 0x2F, 0x30, 0x39, 0x2D
_MONTHS = np.array([int.from_bytes(b"JanFebMarAprMayJunJulAugSepOctNovDec"[n : n + 3], "big") for n in range(0, 36, 3)])


@compiled
def skip(data: Any, at: int, stops: Any) -> int:
    """The first byte from `at` on that is in the table; the newline always is."""
    while stops[data[at]] == 0:
        at += 1
    return at


@compiled
def digits(data: Any, at: int, count: int) -> int:
    """A number of `count` digits, or -1."""
    value = 0
    for index in range(at, at + count):
        byte = data[index]
        if byte < ZERO or byte > NINE:
            return -1
        value = value * 10 + (byte - ZERO)
    return value


@compiled
def packed_word(data: Any, at: int, end: int) -> int:
    """At most seven bytes as one number, capitals made small."""
    word = 0
    for index in range(at, end):
        byte = data[index]
        word = (word << 8) | (byte + 32 if 0x41 <= byte <= 0x5A else byte)
    return word


@compiled
def _month(data: Any, at: int) -> int:
    """The number of a month's three letters, or 0."""
    word = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2]
    for index in range(12):
        if _MONTHS[index] == word:
            return index + 1
    return 0


@compiled
def _day_number(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the Gregorian calendar, or -1 (Hinnant, "days_from_civil")."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 31 - (month in (4, 6, 9, 11)) - (3 - leap if month == 2 else 0)
    if year < 1970 or year > 2199 or month < 1 or day < 1 or day > longest:
        return -1
    shifted = year - (month <= 2)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


@compiled
def moment(data: Any, at: int) -> int:
    """Seconds of `10/Feb/2012:16:42:07`, or -1."""
    colons = data[at + 11] == data[at + 14] == data[at + 17] == 0x3A
    if not colons or data[at + 2] != SLASH or data[at + 6] != SLASH:
        return -1
    year, day = digits(data, at + 7, 4), digits(data, at, 2)
    hour, minute, second = digits(data, at + 12, 2), digits(data, at + 15, 2), digits(data, at + 18, 2)
    if min(hour, minute, second) < 0 or hour > 23 or minute > 59 or second > 60:
        return -1
    number = _day_number(year, _month(data, at + 3), day)
    return -1 if number < 0 else number * 86_400 + hour * 3600 + minute * 60 + second


@compiled
def offset(data: Any, at: int) -> int:
    """The offset ` +0130]` as a number, or -1; the sign is the highest digit."""
    sign = data[at + 1]
    if data[at] != SPACE or (sign != 0x2B and sign != MINUS) or data[at + 6] != 0x5D:
        return -1
    value = digits(data, at + 2, 4)
    return -1 if value < 0 else value + (10_000 if sign == MINUS else 0)
