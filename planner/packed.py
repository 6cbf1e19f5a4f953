"""Bundles kept by what they are made from, for every page and rule that asks for the same one again."""

from __future__ import annotations

from planner.keeping import Kept
from topology import document, revisions
from topology.bundles import Bundle, build
from topology.design import Design
from topology.models import Revision
from topology.packing import Packed, pack
from topology.weighing import Standing, beside, stand

_PACKED: Kept[tuple[str, str], Packed] = Kept(most=4)
"""Few, since a bundle of a thousand servers has some ten million characters."""


def packed(revision: Revision, before: Revision | None = None) -> Packed:
    """The bundle of a revision with its papers; the runbook is that of the change from `before`, if it is given."""
    key = (revision.digest, before.digest if before else "")
    return _PACKED.get(
        key, lambda: pack(revisions.design_of(revision), before=revisions.design_of(before) if before else None)
    )


_BUILT: Kept[str, Bundle] = Kept(most=4)


def built(design: Design) -> Bundle:
    """The files of a design without the papers, which take longer to make than the files."""
    return _BUILT.get(document.digest(design), lambda: build(design))


_STOOD: Kept[str, Standing] = Kept(most=32)


def stood(design: Design) -> Standing:
    """How a design stands by itself: its forecast, its outlook, what the checks find."""
    return _STOOD.get(document.digest(design), lambda: stand(design))


_BESIDE: Kept[tuple[str, str], Standing] = Kept(most=32)


def stood_beside(before: Design, after: Design) -> Standing:
    """The same for what is proposed: what was observed of the site was observed on the servers that stand."""
    key = (document.digest(before), document.digest(after))
    return _BESIDE.get(key, lambda: beside(stood(before), stood(after)))
