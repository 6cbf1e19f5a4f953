"""Samples of lines that could not be read: their shape, with every word that could be personal left out.

What is kept is on a list; a list of what to hide would miss the next kind of token.
"""

from __future__ import annotations

import re

LONGEST_SAMPLE = 160
MASK = "…"
_LOOKED_AT = 1000
_PIECES = re.compile(
    r"(?P<keep>\d\d/[A-Z][a-z]{2}/\d{4}(?::\d\d){3}(?: [+-]\d{4})?(?!\w)"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?!\w)"
    r"|(?<![\w/])(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE)(?!\w)"
    r"|(?<!\w)HTTP/\d(?:\.\d)?(?!\w)"
    r"|\[pid: |\|app: |\|req: |(?<!\w)(?:vars in|bytes in|msecs|micros|generated|haproxy|bytes)(?!\w)"
    r'|"[a-z_]{2,20}"(?=\s*:))'
    r"|(?P<number>(?<![\w.:%-])[1-5]\d\d(?![\w.:%-]))"
    r"|(?P<word>[\w.%+~@:=*$!&;,-]*\w[\w.%+~@:=*$!&;,-]*)"
    r"|(?P<odd>[^ -~]+)"
)
_QUERY = re.compile(r"\?[^\s\"]*|(?<=\S)#[^\s\"]*")


def masked(line: bytes) -> str:
    """The line's shape in at most 160 printable characters of ASCII and `…`."""
    text = line[:_LOOKED_AT].decode("ascii", "replace")
    text = _PIECES.sub(lambda piece: piece[0] if piece["keep"] or piece["number"] else MASK, _QUERY.sub("?", text))
    text = re.sub(rf"{MASK}(?:[\s,;]*{MASK})+", MASK, text.strip())
    cut = len(text) > LONGEST_SAMPLE or len(line) > _LOOKED_AT
    return text[: LONGEST_SAMPLE - 1].rstrip(MASK) + MASK if cut else text


_LONGEST_SEGMENT, _MOST_SEGMENTS = 60, 10
_WORD = r"(?:[A-Z]{1,6}|[A-Za-z][a-z]{0,19}(?:[A-Z][a-z]{1,19}){0,3})\d{0,2}"
"""FAQ, page2, Main, WebHome; not the capitals and digits without order that tokens are made of."""
_SEGMENT = re.compile(rf"{_WORD}(?:[-_.+](?:{_WORD}|\d{{1,2}}|(?:19|20)\d\d)){{0,11}}")
_YEAR, _DAY = re.compile(r"(?:19|20)\d\d"), re.compile(r"\d{1,2}")


def folded(path: bytes) -> str:
    """A path whose every segment that could be an id, a name with a mark in it, or a token has become `…`.

    Kept are words, slugs of words and short numbers, and dates (2012/02/10); so pages that differ by an id alone
    fold into one. The answer is ASCII and `…`, at most ten segments long.
    """
    segments = path.decode("ascii", "replace").split("/")
    shown = [_segment(segments, place) for place in range(min(len(segments), _MOST_SEGMENTS))]
    if len(segments) > _MOST_SEGMENTS:
        shown.append(MASK)
    return "/".join(shown) or "/"


def _segment(segments: list[str], place: int) -> str:
    text = segments[place]
    known = not text or (len(text) <= _LONGEST_SEGMENT and _SEGMENT.fullmatch(text)) or _is_date(segments, place)
    return text if known else MASK


def _is_date(segments: list[str], place: int) -> bool:
    """A year, or a month or day behind one."""
    text = segments[place]
    if _YEAR.fullmatch(text):
        return True
    before = segments[max(0, place - 2) : place]
    year = next((at for at, part in enumerate(reversed(before)) if _YEAR.fullmatch(part)), None)
    return year is not None and all(map(_DAY.fullmatch, [text, *before[len(before) - year :]]))
