"""Drawings for pages: drawn once for each DOT text, and never in the way of the page when drawing fails."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from topology.diagrams import Drawing, DrawingFailed, Picture

_MOST_KEPT = 64


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A picture for a page: its SVG, or why there is none, and the same as values for the table beside it."""

    picture: Picture
    svg: str = ""
    trouble: str = ""


_kept: dict[str, Drawn] = {}


def drawn(drawing: Drawing) -> Drawn:
    """The drawing as a page shows it; pages ask again and again, so the last ones are kept."""
    source = drawing.dot
    if source not in _kept:
        while len(_kept) >= _MOST_KEPT:
            with suppress(KeyError, StopIteration):  # another thread may be at the same
                del _kept[next(iter(_kept))]
        _kept[source] = _draw(drawing)
    return _kept[source]


def _draw(drawing: Drawing) -> Drawn:
    try:
        return Drawn(picture=drawing.picture, svg=drawing.svg)
    except DrawingFailed as failure:
        return Drawn(picture=drawing.picture, trouble=str(failure))
