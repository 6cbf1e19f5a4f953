"""The stages of a growing site: their designs, what each buys and costs, the steps there, and the advice."""

from __future__ import annotations

from topology.stages.advice import Advice, Option
from topology.stages.base import NOTHING, AtHand, Choices, Comparison, Stage
from topology.stages.document import step_document, to_document
from topology.stages.effects import Effect, effects_of
from topology.stages.evolution import Stages, StageView, evolve, first
from topology.stages.family import every_stage, stage_named
from topology.stages.procedure import steps_of
from topology.stages.reasons import Lasting
from topology.stages.stacks import STACKS, Programs, fitting_roles
from topology.stages.steps import Block, Phase, Step, Transition, transition
from topology.stages.teaching import in_short

__all__ = [
    "NOTHING", "STACKS", "Advice", "AtHand", "Block", "Choices", "Comparison", "Effect", "Lasting", "Option", "Phase",
    "Programs", "Stage", "StageView", "Stages", "Step", "Transition", "effects_of", "every_stage", "evolve", "first",
    "fitting_roles", "in_short", "stage_named", "step_document", "steps_of", "to_document", "transition",
]  # fmt: skip
