"""The search for the cheapest topology that holds what is promised."""

from __future__ import annotations

from topology.capacity.search.answer import Chance, Cheapest, Doubt, Found, Influence, Loser, Relax
from topology.capacity.search.assembly import space_of
from topology.capacity.search.crowd import Glimpse, crowd_of
from topology.capacity.search.document import to_document as cheapest_document
from topology.capacity.search.evaluation import evaluate
from topology.capacity.search.objective import Constraint, Measures, Objective
from topology.capacity.search.selection import cheapest
from topology.capacity.search.space import Space
from topology.capacity.search.verification import Verifier

__all__ = [
    "Chance", "Cheapest", "Constraint", "Doubt", "Found", "Glimpse", "Influence", "Loser", "Measures", "Objective",
    "Relax", "Space", "Verifier", "cheapest", "cheapest_document", "crowd_of", "evaluate", "space_of",
]  # fmt: skip
