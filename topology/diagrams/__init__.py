"""Drawings of a design, or of a change, by Graphviz: SVG for a page, and SVG, PNG, PDF and DOT to keep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from topology.capacity import Forecast
from topology.design import Design
from topology.diagrams.dot import Link, no_link, percent, rate_text, to_dot
from topology.diagrams.engine import DrawingFailed, Format, engines, run
from topology.diagrams.picture import Arrow, Box, Group, Picture, picture_of, picture_of_change
from topology.diagrams.style import CLASSES, HUES, Hue, hue_of
from topology.diagrams.svg import dress

__all__ = [
    "CLASSES", "HUES", "Arrow", "Box", "Drawing", "DrawingFailed", "Format", "Group", "Hue", "Link", "Picture",
    "draw", "engines", "hue_of", "percent", "rate_text",
]  # fmt: skip


@dataclass(frozen=True)
class Drawing:
    """A picture and everything that can be made of it. Its `picture` is also the table beside the drawing."""

    picture: Picture
    link: Link = no_link

    @cached_property
    def dot(self) -> str:
        """The DOT text."""
        return to_dot(self.picture, self.link)

    @cached_property
    def svg(self) -> str:
        """SVG to be put into a page; raises DrawingFailed where nothing here can draw."""
        return dress(run(self.dot, "svg"), title=self.picture.title)

    def render(self, format: Format) -> bytes:
        """A file of its own; raises DrawingFailed where nothing here draws that format."""
        if format == "svg":
            head = '<?xml version="1.0" encoding="UTF-8"?>\n'
            return (head + self.svg + ("" if self.svg.endswith("\n") else "\n")).encode()
        return run(self.dot, format)


def draw(
    design: Design, after: Design | None = None, *, forecast: Forecast | None = None, link: Link = no_link
) -> Drawing:
    """The drawing of a design, or of the change from it to `after`; a forecast (of the later one) adds the loads."""
    if after is None:
        return Drawing(picture_of(design, forecast=forecast), link)
    return Drawing(picture_of_change(design, after, forecast=forecast), link)
