"""What is promised, and how far a topology is from it: the constraints of a search as factors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from topology.design import Promise
from topology.errors import Place, TierwrightError
from topology.hardware import BUILT_IN_CURRENCY

Constraint = Literal["p95_ms", "availability", "headroom", "refused", "budget", "peak_requests_per_second"]
Floats = NDArray[np.float64]
CONSTRAINTS: tuple[Constraint, ...] = ("p95_ms", "availability", "headroom", "refused", "budget")
_SMALLEST = 1e-12
"""Below this a share cannot be told from 0 here."""


@dataclass(frozen=True, kw_only=True)
class Objective:
    """What a topology must hold at the workload's peak; raises TierwrightError where that cannot be."""

    p95_ms: float
    """95th percentile of the response time, milliseconds."""
    availability: float
    """Share of the time in which the servers answer, above 0 and below 1."""
    headroom: float
    """Share of capacity kept free at the peak, 0 to below 1."""
    budget: float | None = None
    """Most that the servers may cost a month, in `currency`; None where nothing limits it."""
    currency: str = BUILT_IN_CURRENCY
    refused: float = 0.0
    """Share of the peak that may be refused while any one server of a replicated tier is dead, 0 to below 1."""

    def __post_init__(self) -> None:
        for name, holds, sentence in self._rules():
            if not holds:
                raise TierwrightError(sentence, place=Place(path=name))

    def _rules(self) -> tuple[tuple[str, bool, str], ...]:
        budget = self.budget
        return (
            ("p95_ms", _within(self.p95_ms, 0, math.inf), "a response takes time: promise more than 0 ms"),
            (
                "availability",
                _within(self.availability, 0, 1),
                "no server never stops: promise an availability above 0 and below 1, such as 0.999",
            ),
            (
                "headroom",
                self.headroom == 0 or _within(self.headroom, 0, 1),
                "a site without load needs no servers: keep a share of the capacity free that is from 0 to below 1",
            ),
            (
                "refused",
                self.refused == 0 or _within(self.refused, 0, 1),
                "the share that may be refused with one server dead should be from 0 to below 1",
            ),
            ("budget", budget is None or _within(budget, 0, math.inf), "a budget should be an amount above 0"),
            (
                "currency",
                len(self.currency) == 3 and self.currency.isascii() and self.currency.isupper(),
                "write the currency as its three letters, such as USD or EUR",
            ),
        )

    @property
    def promise(self) -> Promise:
        """What a plan promises by it."""
        return Promise(p95_ms=self.p95_ms, availability=self.availability, headroom=self.headroom)

    def relaxed(self, constraint: Constraint, to: float) -> Objective:
        """The same with one constraint changed; the peak is the workload's, so it cannot be changed here."""
        changed: Mapping[str, Any] = {constraint: to}
        return replace(self, **changed)


@dataclass(frozen=True, kw_only=True)
class Measures:
    """What topologies are measured by; arrays of one shape, over candidates or candidates and worlds."""

    cost: Floats
    """A month, in the objective's currency."""
    p95_ms: Floats
    availability: Floats
    used: Floats
    """Share of capacity that the peak takes: 1 less headroom; above 1 where it is exceeded."""
    used_with_one_dead: Floats
    """The same with one server of the worst replicated tier dead; 0 where no tier is replicated."""

    @property
    def headroom(self) -> Floats:
        """Share of capacity left free at the peak; negative where it is exceeded."""
        return 1 - self.used

    @property
    def refused(self) -> Floats:
        """Share of the peak that is refused with one server of the worst replicated tier dead."""
        return 1 - 1 / np.maximum(1.0, self.used_with_one_dead)

    def of(self, constraint: Constraint) -> Floats:
        """What a constraint speaks of."""
        found = {
            "p95_ms": self.p95_ms,
            "availability": self.availability,
            "headroom": self.headroom,
            "refused": self.refused,
            "budget": self.cost,
        }
        return found[constraint]


def margins(measures: Measures, objective: Objective) -> dict[Constraint, Floats]:
    """How far each constraint is from being broken, as the logarithm of a factor: below 0 it is broken.

    Each factor is of what grows as things get worse: response time, unavailability, used share of capacity, load on
    what is left when one server is dead, cost. So 0.69 is twice as good as promised, whatever the constraint.
    """
    found: dict[Constraint, Floats] = {
        "p95_ms": _factor(objective.p95_ms, measures.p95_ms),
        "availability": _factor(1 - objective.availability, 1 - measures.availability),
        "headroom": _factor(1 - objective.headroom, measures.used),
        "refused": _factor(1 / (1 - objective.refused), measures.used_with_one_dead),
    }
    if objective.budget is not None:
        found["budget"] = _factor(objective.budget, measures.cost)
    return found


def holds(measures: Measures, objective: Objective) -> NDArray[np.bool_]:
    """Where every constraint holds."""
    return np.asarray(np.logical_and.reduce([margin >= 0 for margin in margins(measures, objective).values()]))


def _factor(limit: float, reached: Floats) -> Floats:
    return np.asarray(np.log(limit / np.maximum(reached, _SMALLEST)), dtype=np.float64)


def _within(value: float, low: float, high: float) -> bool:
    """Strictly between; False also for what is no number."""
    return low < value < high
