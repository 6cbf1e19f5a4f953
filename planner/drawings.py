"""Drawings for pages: drawn once for each DOT text, and never in the way of the page when drawing fails."""

from __future__ import annotations

import re
from dataclasses import dataclass

from planner.keeping import Kept
from topology.diagrams import Drawing, DrawingFailed, Picture


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A picture for a page: its SVG, or why there is none, and the same as values for the table beside it."""

    picture: Picture
    svg: str = ""
    trouble: str = ""

    @property
    def is_wide(self) -> bool:
        """Whether its words could not be read any more, were it made to fit half a page."""
        width = re.search(r'<svg[^>]* width="([0-9]+)', self.svg)
        return width is not None and int(width[1]) > WIDE


WIDE = 1000
"""Pixels; half a page is some 600, and its smallest letters are then 5 high."""
_KEPT: Kept[str, Drawn] = Kept(most=64)


def drawn(drawing: Drawing) -> Drawn:
    """The drawing as a page shows it; pages ask again and again, so the last ones are kept."""
    return _KEPT.get(drawing.dot, lambda: _draw(drawing))


def _draw(drawing: Drawing) -> Drawn:
    try:
        return Drawn(picture=drawing.picture, svg=drawing.svg)
    except DrawingFailed as failure:
        return Drawn(picture=drawing.picture, trouble=str(failure))
