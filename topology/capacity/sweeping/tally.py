"""What candidates come to in worlds, as counts and least costs: these add up the same in any order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topology.capacity.search.evaluation import measured, sampled
from topology.capacity.search.objective import CONSTRAINTS, Constraint, Measures, margins
from topology.capacity.search.space import Space
from topology.capacity.sweeping.cutting import Piece

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Tell = Callable[[float], None]
"""Is told the share that is done; what it raises ends the work."""
AT_ONCE = 400_000
"""Candidates times worlds between two words of progress."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Of all candidates of a sweep, over all of its worlds or some.

    Whole numbers are added, and least costs compared, so no order of the parts changes a bit.
    """

    cost: Floats
    """A month, of each candidate; the same in every world."""
    holds: Numbers
    """Worlds in which everything that is promised holds, of each candidate."""
    by_constraint: dict[Constraint, Numbers]
    """The same for each constraint alone."""
    least: Floats
    """The least cost at which something holds, in each world; infinite where nothing does."""

    def document(self, piece: Piece) -> dict[str, Any]:
        """The part of a piece as plain data; floats are written so that they are read back to the bit."""
        return {
            "rows": [piece.rows.start, piece.rows.stop],
            "columns": [piece.columns.start, piece.columns.stop],
            "cost": self.cost.tolist(),
            "holds": self.holds.tolist(),
            "by_constraint": {name: counts.tolist() for name, counts in self.by_constraint.items()},
            "least": [value if np.isfinite(value) else None for value in self.least.tolist()],
        }


def tally(space: Space, candidates: Sequence[int], piece: Piece, *, seed: int, tell: Tell) -> Tally:
    """The tally of one piece: its rows are places in `candidates`, its columns are worlds."""
    values = sampled(space, piece.columns, seed=seed)
    step = max(1, AT_ONCE // len(values))
    found = []
    for start in range(piece.rows.start, piece.rows.stop, step):
        rows = range(start, min(start + step, piece.rows.stop))
        numbers = np.asarray(candidates[rows.start : rows.stop], dtype=np.int64)
        found.append(_counted(measured(space, numbers, values), space))
        tell((rows.stop - piece.rows.start) / len(piece.rows))
    return Tally(
        cost=np.concatenate([part.cost for part in found]),
        holds=np.concatenate([part.holds for part in found]),
        by_constraint={
            name: np.concatenate([part.by_constraint[name] for part in found]) for name in found[0].by_constraint
        },
        least=np.minimum.reduce([part.least for part in found]),
    )


def joined(parts: Iterable[dict[str, Any]], *, candidates: int, worlds: int) -> Tally:
    """Tallies of pieces that cover everything once, put together."""
    whole = Tally(
        cost=np.zeros(candidates),
        holds=np.zeros(candidates, dtype=np.int64),
        by_constraint={},
        least=np.full(worlds, np.inf),
    )
    for part in parts:
        rows, columns = slice(*part["rows"]), slice(*part["columns"])
        least = np.array([np.inf if value is None else value for value in part["least"]])
        whole.cost[rows] = part["cost"]
        whole.holds[rows] += np.array(part["holds"], dtype=np.int64)
        whole.least[columns] = np.minimum(whole.least[columns], least)
        for name in CONSTRAINTS:
            if name in part["by_constraint"]:
                counts = whole.by_constraint.setdefault(name, np.zeros(candidates, dtype=np.int64))
                counts[rows] += np.array(part["by_constraint"][name], dtype=np.int64)
    return whole


def _counted(found: Measures, space: Space) -> Tally:
    each = {name: margin >= 0 for name, margin in margins(found, space.objective).items()}
    kept = np.logical_and.reduce(list(each.values()))
    return Tally(
        cost=found.cost[:, 0],
        holds=kept.sum(axis=1, dtype=np.int64),
        by_constraint={name: held.sum(axis=1, dtype=np.int64) for name, held in each.items()},
        least=np.min(np.where(kept, found.cost, np.inf), axis=0),
    )
