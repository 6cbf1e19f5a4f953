"""The stages that there are, found in this package."""

from __future__ import annotations

import importlib
from functools import lru_cache
from typing import Any

from topology.registry import discover
from topology.stages.base import Stage

AnyStage = Stage[Any]


@lru_cache(maxsize=1)
def every_stage() -> tuple[AnyStage, ...]:
    """All stages, in the suggested order."""
    package = importlib.import_module("topology.stages")
    found: tuple[AnyStage, ...] = discover(package, Stage)  # type: ignore[type-abstract]
    return tuple(sorted(found, key=lambda stage: stage.order))


def stage_named(name: str) -> AnyStage:
    """The stage of that name; KeyError when there is none."""
    for stage in every_stage():
        if stage.name == name:
            return stage
    raise KeyError(name)
