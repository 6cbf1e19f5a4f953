"""Bundles kept by what they are made from, for every page and rule that asks for the same one again."""

from __future__ import annotations

from planner.keeping import Kept
from topology import revisions
from topology.models import Revision
from topology.packing import Packed, pack

_PACKED: Kept[tuple[str, str], Packed] = Kept(most=4)
"""Few, since a bundle of a thousand servers has some ten million characters."""


def packed(revision: Revision, before: Revision | None = None) -> Packed:
    """The bundle of a revision with its papers; the runbook is that of the change from `before`, if it is given."""
    key = (revision.digest, before.digest if before else "")
    return _PACKED.get(
        key, lambda: pack(revisions.design_of(revision), before=revisions.design_of(before) if before else None)
    )
