"""The sketch of a design: its tiers as rows of boxes, small enough for a card."""

from __future__ import annotations

from dataclasses import dataclass

from planner.groups import hues_of, roles_of
from topology.design import Design, server_names

MOST_BOXES = 6
"""Servers of a tier that are shown singly; more are a number."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A tier in a sketch."""

    name: str
    hue: int
    count: int
    roles: tuple[str, ...]

    @property
    def boxes(self) -> range:
        """One for each server that is shown singly."""
        return range(min(self.count, MOST_BOXES))

    @property
    def more(self) -> int:
        """Servers beyond those that are shown."""
        return max(self.count - MOST_BOXES, 0)


def sketch_of(design: Design) -> tuple[Row, ...]:
    """A row for each tier, in the order of the plan."""
    hues = hues_of(design)
    return tuple(
        Row(name=tier.name, hue=hues[tier.name], count=len(server_names(tier)), roles=roles_of(tier))
        for tier in design.tiers
    )
