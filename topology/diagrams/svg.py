"""Makes Graphviz's SVG fit for a page: no prolog, no fixed colours only, a role and a label."""

from __future__ import annotations

import re
from html import escape

from topology.diagrams.engine import DrawingFailed
from topology.diagrams.style import CLASSES

_PAINT = re.compile(r"\b(fill|stroke)=\"(#[0-9a-f]{6})\"")
_TAG = re.compile(r"<(?:text|polygon|path|ellipse|polyline)\b[^>]*>")
_SIZE = re.compile(r'<svg width="([0-9.]+)(?:pt)?" height="([0-9.]+)(?:pt)?"')
_LOAD = re.compile(r"<text( class=\"[^\"]*)(\"[^>]*>(?:CPU [0-9.]+ %|[0-9.,]+/s)</text>)")
"""What a forecast adds: it is that of one design, so a page that shows another hides it."""
_MOVED = re.compile(r"<text( class=\"[^\"]*)(\"[^>]*>)([+−]) ")
"""What comes or goes inside a box that stays: a page that shows one design hides what is not of it."""
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)


def dress(svg: bytes, *, title: str) -> str:
    """An inline SVG whose colours carry classes (`fill-ink`, `line-hue-2`), so that a stylesheet can change them."""
    text = svg.decode("utf-8")
    start = text.find("<svg")
    if start < 0:
        raise DrawingFailed("Graphviz answered with something that is no SVG")
    body = _TAG.sub(lambda found: _with_classes(found.group()), _COMMENT.sub("", text[start:]))
    body = _LOAD.sub(r"<text\1 load\2", body)
    body = _MOVED.sub(lambda at: f"<text{at[1]} {'comes' if at[3] == '+' else 'goes'}{at[2]}{at[3]} ", body)
    label = escape(title, quote=True)
    return _SIZE.sub(rf'<svg class="diagram" role="group" aria-label="{label}" width="\1" height="\2"', body, count=1)


def _with_classes(tag: str) -> str:
    names = [f"{_PREFIX[what]}-{CLASSES[colour]}" for what, colour in _PAINT.findall(tag) if colour in CLASSES]
    if not names:
        return tag
    return re.sub(r"^<(\w+)", rf'<\1 class="{" ".join(names)}"', tag, count=1)


_PREFIX = {"fill": "fill", "stroke": "line"}
