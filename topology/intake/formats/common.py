"""The common log format and its kin: combined, host first or last, with a response time at the end.

Source: Apache HTTP Server documentation, mod_log_config, "Common Log Format" and "Combined Log Format".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from statistics import median

from topology.intake import clock
from topology.intake.format import Format, Layout, Reader
from topology.intake.hits import DASH, NOT_LOGGED, Hit, Miss, read_seconds, read_size, read_status
from topology.intake.requests import is_bot, read_request

_TIME = re.compile(
    rb" \[(\d\d/[A-Z][a-z][a-z]/\d{4}):(\d\d):(\d\d):(\d\d)(?: ([+-]\d{4}))?\] (?:\(\d{1,9} s\) )?", re.DOTALL
)
_LONGEST_HEAD = 4096
_ESCAPED = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)" (\d{3}|-) (\d{1,13}|-)(?= |\Z)', re.DOTALL)
_UNESCAPED = re.compile(rb'"(.*?)" (\d{3}|-) (\d{1,13}|-)(?= |\Z)', re.DOTALL)
_WORD = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[^ "]\S*', re.DOTALL)
_GUNICORN_OUTPUT = re.compile(rb"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}\] \[\d+\] \[[A-Z]+\] ")
_TIME_WORD = re.compile(rb'"?(?:(?:rt|request_time|time|duration|D|T)=)?"?(\d{1,12}(?:\.\d{1,9})?)"?')
_TIMED = rb"(?:rt|request_time|time|duration|D|T)="
_MOST_WORDS = 24
"""Words looked at after the byte count."""


def read(line: bytes, layout: Layout) -> Hit | Miss:
    """One line of a common or combined log."""
    time = _time(line)
    if time is None:
        return Miss.OTHER if _GUNICORN_OUTPUT.match(line) else Miss.FAILED
    found, second, words = _found(line, time), _second(time), line[: time.start()].split(b" ")
    if found is None or second is None or len(words) < layout.fewest_words:
        return Miss.FAILED
    size, status = read_size(found[3]), read_status(found[2])
    if size is None or status is None:
        return Miss.FAILED
    agent, micros = _ending(line[found.end() :], layout)
    request, offset = read_request(found[1]), time[5] or b""
    return Hit(second, client_of(words), request, status, size, micros, offset, is_bot(agent))


def _time(line: bytes) -> re.Match[bytes] | None:
    """The first time in brackets."""
    at = line.find(b" [")
    while 0 <= at <= _LONGEST_HEAD:
        found = _TIME.match(line, at)
        if found is not None:
            return found
        at = line.find(b" [", at + 1)
    return None


def _second(time: re.Match[bytes]) -> int | None:
    start = _day(time[1])
    within = clock.second_of_day(int(time[2]), int(time[3]), int(time[4]))
    return None if start is None or within is None else start + within


@lru_cache(maxsize=1024)
def _day(text: bytes) -> int | None:
    day, month, year = text.split(b"/")
    return clock.day_start(int(year), clock.MONTHS.get(month, 0), int(day))


def client_of(words: list[bytes]) -> bytes:
    """The client among the words before the time: the first, or the third from the end after a virtual host.

    A user may have spaces in its name, so the first is taken wherever a `-` for the identity follows it.
    """
    if words[0].endswith(b",") and len(words) > 1:
        return words[0][:-1]
    return words[0] if len(words) <= 3 or words[1] == b"-" else words[-3]


def _ending(text: bytes, layout: Layout) -> tuple[bytes | None, int]:
    """The client's description of itself and its response time in microseconds or raw."""
    words = words_of(text, most=max(layout.agent_token, layout.time_token) + 1)
    agent = None if layout.agent_token < 0 else words[layout.agent_token] if layout.agent_token < len(words) else b""
    if layout.time_token < 0:
        return agent, NOT_LOGGED
    timed = words[layout.time_token] if layout.time_token < len(words) else b""
    return agent, read_time(timed, raw=layout.raw_times)


def words_of(text: bytes, *, most: int = _MOST_WORDS) -> list[bytes]:
    """Words separated by spaces; a quoted word may hold spaces and escaped quotes."""
    found = []
    for number, match in enumerate(_WORD.finditer(text)):
        if number >= most:
            break
        found.append(match[0])
    return found


def read_time(word: bytes, *, raw: bool) -> int:
    """Microseconds of decimal seconds, or the whole number itself where the unit is not known yet."""
    match = _TIME_WORD.fullmatch(word)
    if match is None:
        return DASH
    if raw:
        return int(match[1]) if match[1].isdigit() else DASH
    return read_seconds(match[1])


def layout_of(sample: Sequence[bytes]) -> Layout:
    """How the lines of this log end, from the words that its sample has after the byte count."""
    heads = [(time, found) for line in sample[:500] if (time := _time(line)) and (found := _found(line, time))]
    endings = [words_of(found.string[found.end() :]) for _, found in heads]
    token, raw = time_token(endings)
    agents = [number for words in endings for number, word in enumerate(words[:2]) if number == 1 and word[:1] == b'"']
    return Layout(
        agent_token=1 if len(agents) * 2 > len(endings) else -1,
        time_token=token,
        raw_times=raw,
        fewest_words=3 if any(time.string[: time.start()].count(b" ") >= 2 for time, _ in heads) else 1,
    )


def _found(line: bytes, time: re.Match[bytes]) -> re.Match[bytes] | None:
    return _ESCAPED.match(line, time.end()) or _UNESCAPED.match(line, time.end())


def time_token(endings: Sequence[Sequence[bytes]]) -> tuple[int, bool]:
    """Which word is a response time, and whether its unit is unknown: (-1, False) where none is."""
    columns = [[words[n] for words in endings if n < len(words)] for n in range(_MOST_WORDS)]
    numbers = [[m[1] for word in column if (m := _TIME_WORD.fullmatch(word))] for column in columns]
    known = [n for n, found in enumerate(numbers) if found and len(found) * 2 >= _said(columns[n], endings)]
    decimal = [n for n in known if sum(b"." in number for number in numbers[n]) * 2 > len(numbers[n])]
    if decimal:
        return decimal[0], False
    named = [n for n in known if re.match(rb'"?' + _TIMED, columns[n][0])]
    # Two whole numbers are bytes in and out (mod_logio); one alone is %D or %T.
    return ((named or known)[0], True) if named or len(known) == 1 else (-1, False)


def _said(column: Sequence[bytes], endings: Sequence[Sequence[bytes]]) -> int:
    """Lines that would carry the word, leaving out those that say `-`."""
    return max(1, len(endings) - sum(word.strip(b'"') == b"-" for word in column))


def unit_of(values: Sequence[int]) -> int | None:
    """Microseconds in the unit of whole numbers at the end of lines: 1 for %D, 1,000,000 for %T, None if unclear.

    A median from 1,000 on cannot be seconds and is no likely median in milliseconds; a log of seconds is nearly all
    noughts and ones. What lies between may be milliseconds or something else altogether.
    """
    if len(values) < 20:
        return None
    middle = median(values)
    if middle >= 1000:
        return 1
    few = sum(value <= 1 for value in values) >= 0.8 * len(values)
    return 1_000_000 if few and max(values) <= 3600 else None


def _title(layout: Layout, sample: Sequence[bytes]) -> str:
    name = "combined" if layout.agent_token >= 0 else "common"
    return f"{name} with response time" if layout.time_token >= 0 else name


def open_common(sample: Sequence[bytes]) -> Reader:
    """A reader for the layout that the sample shows."""
    layout = layout_of(sample)
    return Reader(title=_title(layout, sample), line=lambda line: read(line, layout), layout=layout)


COMMON = Format(name="common", open=open_common)
