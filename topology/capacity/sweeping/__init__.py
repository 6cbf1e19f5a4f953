"""Sweeps: questions too large for one go, cut into pieces whose answers add up the same however it is cut."""

from __future__ import annotations

from topology.capacity.sweeping.cutting import Piece
from topology.capacity.sweeping.question import (
    Question,
    sweep_digest,
    sweep_join,
    sweep_pieces,
    sweep_question,
    sweep_text,
    sweep_work,
)
from topology.capacity.sweeping.seeds import ManySeeds, many_seeds
from topology.capacity.sweeping.worlds import ManyWorlds, candidate_design, many_worlds

__all__ = [
    "ManySeeds", "ManyWorlds", "Piece", "Question", "candidate_design", "many_seeds", "many_worlds", "sweep_digest",
    "sweep_join", "sweep_pieces", "sweep_question", "sweep_text", "sweep_work",
]  # fmt: skip
