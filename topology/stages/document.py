"""The stages as the JSON document that others build on; keys may be added, none is renamed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from topology import capacity, diff
from topology.document import digest, to_data
from topology.stages.advice import Option
from topology.stages.evolution import Stages, StageView
from topology.stages.steps import Block, Step


def to_document(stages: Stages) -> dict[str, Any]:
    """Plain data, ready for JSON."""
    return {
        "stages": [stage_document(view) for view in stages.views],
        "recommended": stages.recommended,
        "why": stages.why,
        "current": stages.current.name,
        "way": [view.name for view in stages.way],
        "needed_rps": stages.advice.needed_rps,
        "doing_nothing": asdict(stages.doing_nothing),
        "resize": _option(stages.resize),
        "next": _option(stages.advice.option),
        "notes": list(stages.notes),
    }


def stage_document(view: StageView) -> dict[str, Any]:
    """One stage."""
    changes = view.diff
    return {
        "name": view.name,
        "title": view.stage.title,
        "plan_digest": digest(view.design),
        "builds_on": view.before.name if view.before else None,
        "reached": view.reached,
        "forecast": capacity.to_document(view.forecast),
        "before": capacity.to_document(view.before.forecast) if view.before else None,
        "cost_change": view.cost_change,
        "changes": [] if changes is None else diff.to_document(changes),
        "effects": [asdict(effect) for effect in view.effects],
        "steps": [step_document(step) for step in view.steps],
        "why_now": view.why_now,
        "why_not": view.why_not,
        "lacks": view.lacks,
        "lessons": capacity.lessons_document(view.lessons),
    }


def step_document(step: Step) -> dict[str, Any]:
    """One step of a change."""
    return {
        "phase": step.phase.name.lower(),
        "title": step.title,
        "hosts": list(step.hosts),
        "does": step.does,
        "blocks": [_block(block) for block in step.blocks],
        "notices": step.notices,
        "checks": [_block(block) for block in step.checks],
        "shows": step.shows,
        "back": step.back,
        "undo": [_block(block) for block in step.undo],
        "files": [asdict(file) for file in step.files],
    }


def _block(block: Block) -> dict[str, Any]:
    return {"hosts": list(block.hosts), "says": block.says, "lines": list(block.lines)}


def _option(option: Option | None) -> dict[str, Any] | None:
    if option is None:
        return None
    return {
        "name": option.name,
        "title": option.title,
        "plan_digest": digest(option.design),
        "plan": to_data(option.design),
        "forecast": capacity.to_document(option.forecast),
    }
