"""What programs print, without what differs from run to run and from machine to machine."""

from __future__ import annotations

import re
import sys

LINES, WIDTH = 12, 300
_VARYING = (
    (re.compile(r"\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d([.,]\d+)?( ?(UTC|GMT|Z|[+-]\d{4}))? ?"), ""),
    (re.compile(r"\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d+ ?"), ""),
    (re.compile(r"\b[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}:? ?"), ""),
    (re.compile(r"\[\d+\] ?"), ""),
    (re.compile(r"\b\d+#\d+: ?"), ""),
    (re.compile(r"\b(pid|PID)[ =:]+\d+"), r"\1"),
    (re.compile(r"\b0x[0-9a-f]{6,}\b"), "0x…"),
)
"""Times, process numbers and addresses in memory, as the programs of the catalogue write them."""
_CONTROL = re.compile(r"\x1b\[[0-9;]*m|[^\S\n]|[\x00-\x09\x0b-\x1f\x7f]")


def settled(output: str) -> str:
    """The first lines of an output, such that the same answer is the same text on every machine."""
    text = _CONTROL.sub(" ", output)
    for place in sorted({sys.prefix, sys.base_prefix}, key=len, reverse=True):
        text = text.replace(place, "<python>")
    for pattern, put in _VARYING:
        text = pattern.sub(put, text)
    lines = [line.rstrip()[:WIDTH] for line in text.strip().splitlines() if line.strip()]
    return "\n".join(lines[:LINES])
