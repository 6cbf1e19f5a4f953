"""Drawings for pages: drawn once for each DOT text, and never in the way of the page when drawing fails."""

from __future__ import annotations

from dataclasses import dataclass

from planner.keeping import Kept
from topology.diagrams import Drawing, DrawingFailed, Picture


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A picture for a page: its SVG, or why there is none, and the same as values for the table beside it."""

    picture: Picture
    svg: str = ""
    trouble: str = ""


_KEPT: Kept[str, Drawn] = Kept(most=64)


def drawn(drawing: Drawing) -> Drawn:
    """The drawing as a page shows it; pages ask again and again, so the last ones are kept."""
    return _KEPT.get(drawing.dot, lambda: _draw(drawing))


def _draw(drawing: Drawing) -> Drawn:
    try:
        return Drawn(picture=drawing.picture, svg=drawing.svg)
    except DrawingFailed as failure:
        return Drawn(picture=drawing.picture, trouble=str(failure))
