"""The areas of a design with their seals, kept by its digest; and what an approval of an area is bound to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.keeping import Kept
from planner.packed import built
from topology import document, revisions
from topology.areas import Area, Seal, areas_of, assumptions_digest, changed_areas, title_of, why_stale
from topology.capacity import ENGINE
from topology.design import Design
from topology.models import Revision

GONE = "gone"
"""Stands in a seal for the design and the files of an area that a proposal takes away."""


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A design cut into its areas."""

    areas: Mapping[str, Area]
    content_digest: str
    assumptions: str
    """Digest of what the whole rests on."""

    def seal(self, area: str) -> Seal:
        """What an approval of the area is bound to; one that is gone has a seal too, since somebody agrees to that."""
        found = self.areas.get(area)
        if found is not None:
            return found.seal
        return Seal(area=area, design=GONE, files=GONE, assumptions=self.assumptions, engine=ENGINE)


_SEALED: Kept[str, Sealed] = Kept(most=32)


def sealed(revision: Revision) -> Sealed:
    """The areas of a revision; raises TierwrightError where its files cannot be written."""
    return _SEALED.get(revision.digest, lambda: _cut(revisions.design_of(revision)))


def sealed_of(design: Design) -> Sealed:
    """The same for a design that no revision holds yet."""
    return _SEALED.get(document.digest(design), lambda: _cut(design))


def changed(before: Sealed, after: Sealed) -> tuple[str, ...]:
    """Names of the areas that are new, gone or other than before."""
    return changed_areas(before.areas, after.areas)


def why_void(seal: Seal, was: Sealed, now: Sealed) -> str | None:
    """None while an approval with this seal holds, else what changed since; `was` is the revision that was seen."""
    if seal.design != GONE:
        return why_stale(seal, was.areas, now.areas)
    if seal.area in now.areas:
        return f"{title_of(seal.area)} is there again"
    return None if seal == now.seal(seal.area) else "what the numbers rest on changed"


def _cut(design: Design) -> Sealed:
    bundle = built(design)
    return Sealed(areas=areas_of(bundle), content_digest=bundle.content_digest, assumptions=assumptions_digest(design))
