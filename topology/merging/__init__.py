"""Plan documents by the names in them: addresses, patches, and a merge of what two people made of one plan."""

from __future__ import annotations

from topology.merging.edits import (
    MOST_EDITS,
    Edit,
    PatchRefused,
    apply,
    changes_in,
    edits_between,
    edits_from_data,
    edits_to_data,
    meeting,
    touches,
)
from topology.merging.threeway import FieldConflict, Merged, Side, merge
from topology.merging.tree import MISSING, ORDER, Missing, flatten, value_at
from topology.merging.words import shown, told

__all__ = [
    "MISSING", "MOST_EDITS", "ORDER", "Edit", "FieldConflict", "Merged", "Missing", "PatchRefused", "Side", "apply",
    "changes_in", "edits_between", "edits_from_data", "edits_to_data", "flatten", "meeting", "merge", "shown", "told",
    "touches", "value_at",
]  # fmt: skip
