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
