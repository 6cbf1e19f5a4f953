"""The crowd of candidates as the screen sees them at the expected load: what a picture of a search shows faintly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topology.capacity.search.evaluation import measured
from topology.capacity.search.inputs import expected
from topology.capacity.search.objective import Measures, Objective, holds
from topology.capacity.search.question import asked
from topology.design import Design
from topology.hardware import BUILT_IN, ServerType
from topology.workload import Workload

FINE = 24
"""Cells to a factor of e along each figure: candidates in one cell cannot be told apart in a picture."""


@dataclass(frozen=True, kw_only=True)
class Glimpse:
    """A candidate by the screen alone: not forecast as a plan, and with every server alive."""

    cost: float
    """A month, in the objective's currency."""
    p95_ms: float
    availability: float
    holds: bool
    """Everything that is promised holds."""


def crowd_of(
    skeletons: Sequence[Design],
    workload: Workload,
    objective: Objective,
    *,
    types: Mapping[str, ServerType] = BUILT_IN,
    names: Sequence[str] = (),
    dearest: float = math.inf,
    most: int = 400,
) -> tuple[Glimpse, ...]:
    """At most `most` candidates that carry the peak, at most `dearest`, cheapest first and spread.

    Skeletons, types and names are those of `cheapest`; so are the errors.
    """
    question = asked(skeletons, workload, objective, types=types, names=names)
    space = question.lifted(worlds=1).space(objective, strict=False)
    if not space.size:
        return ()
    measures = measured(space, np.arange(space.size, dtype=np.int64), expected(space.inputs))
    kept = holds(measures, objective)[:, 0]
    near = np.flatnonzero((measures.used[:, 0] < 1) & (measures.cost[:, 0] <= dearest))
    order = near[np.argsort(measures.cost[near, 0], kind="stable")]
    _, first = np.unique(_cells(measures, kept)[order], axis=0, return_index=True)
    return tuple(
        Glimpse(
            cost=float(measures.cost[row, 0]),
            p95_ms=float(measures.p95_ms[row, 0]),
            availability=float(measures.availability[row, 0]),
            holds=bool(kept[row]),
        )
        for row in _spread(order[np.sort(first)], most)
    )


def _cells(measures: Measures, kept: NDArray[np.bool_]) -> NDArray[np.int64]:
    figures = np.stack([measures.cost[:, 0], measures.p95_ms[:, 0], 1 - measures.availability[:, 0]], axis=1)
    cells = np.round(FINE * np.log(np.maximum(figures, 1e-12))).astype(np.int64)
    return np.concatenate([cells, kept[:, None].astype(np.int64)], axis=1)


def _spread(rows: NDArray[np.int64], most: int) -> list[int]:
    """At most so many of them, evenly, with both ends."""
    if len(rows) > most:
        rows = rows[np.unique(np.round(np.linspace(0, len(rows) - 1, most)).astype(int))]
    return [int(row) for row in rows]
