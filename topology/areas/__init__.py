"""What an approval is bound to: areas of a design, their seals, and why an approval no longer holds."""

from __future__ import annotations

from topology.areas.area import PLAN, Area, areas_of, changed_areas, title_of
from topology.areas.assumptions import assumptions_digest, assumptions_of
from topology.areas.seals import Seal
from topology.areas.staleness import why_stale

__all__ = [
    "PLAN", "Area", "Seal", "areas_of", "assumptions_digest", "assumptions_of", "changed_areas", "title_of",
    "why_stale",
]  # fmt: skip
