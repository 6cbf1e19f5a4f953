"""Finalists held against the promise with the forecast itself, every server alive and one of each tier dead."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np

from topology.capacity.answer import Forecast
from topology.capacity.engine import forecast
from topology.capacity.search.construction import Frame, last_of
from topology.capacity.search.objective import Constraint, Measures, Objective, margins
from topology.capacity.search.space import Option, Space
from topology.design import Design

NEVER = 1e9
"""Stands for a load that nothing carries and for a response without end."""


Verifier = Callable[[Design, Collection[str]], Forecast]
"""Works out what a design does while some of its servers, by their names, are dead."""


def by_forecast(design: Design, lost: Collection[str]) -> Forecast:
    """The forecast of this engine."""
    return forecast(design, lost=lost)


@dataclass(frozen=True, kw_only=True)
class Verified:
    """A design with its forecast."""

    design: Design
    forecast: Forecast
    used_with_one_dead: float
    """Share that the peak takes of what is left of the worst replicated tier; 0 where none is replicated."""
    dead: str
    """The server whose death is worst; empty where no tier is replicated."""
    swaps: str
    """A server whose memory does not suffice; empty where there is none."""

    @property
    def p95_ms(self) -> float:
        """Infinite where no response time can be given."""
        found = self.forecast.latency_ms.get("p95")
        return NEVER if found is None else found.value

    @property
    def cost(self) -> float:
        """A month."""
        return NEVER if self.forecast.cost_month.amount is None else float(self.forecast.cost_month.amount)

    @property
    def refused(self) -> float:
        """Share of the peak that is refused with one server dead."""
        return 1 - 1 / max(1.0, self.used_with_one_dead)

    def margins(self, objective: Objective) -> Mapping[Constraint, float]:
        """How far each constraint is from being broken (`objective.margins`)."""
        measures = Measures(
            cost=np.array([self.cost]),
            p95_ms=np.array([self.p95_ms]),
            availability=np.array([self.forecast.availability.value]),
            used=np.array([1 - self.forecast.headroom]),
            used_with_one_dead=np.array([self.used_with_one_dead]),
        )
        return {name: float(values[0]) for name, values in margins(measures, objective).items()}

    def holds(self, objective: Objective) -> bool:
        """Everything is held, and no server swaps."""
        return not self.swaps and all(margin >= 0 for margin in self.margins(objective).values())


class Swaps:
    """What is known of servers that would swap: their memory grows with their clients, which the screen leaves out."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._known: list[tuple[int, int, tuple[Option, ...]]] = []

    def learn(self, candidate: int, tier: str) -> None:
        """A server of this tier swaps in this candidate."""
        skeleton, options = self._options(candidate)
        place = next(n for n, item in enumerate(self._space.skeletons[skeleton].tiers) if item.name == tier)
        self._known.append((skeleton, place, options))

    def rules_out(self, candidate: int) -> bool:
        """The same tier on the same type has no fewer of the same servers beside it than where it was seen to swap."""
        skeleton, options = self._options(candidate)
        return any(
            skeleton == other
            and all(own.lift == seen.lift for own, seen in zip(options, known, strict=True))
            and all(
                own.count >= seen.count or n == tier for n, (own, seen) in enumerate(zip(options, known, strict=True))
            )
            for other, tier, known in self._known
        )

    def _options(self, candidate: int) -> tuple[int, tuple[Option, ...]]:
        skeleton, places = self._space.locate(candidate)
        tiers = self._space.skeletons[skeleton].tiers
        return skeleton, tuple(tier.options[place] for tier, place in zip(tiers, places, strict=True))


def verified(design: Design, frame: Frame, verifier: Verifier, *, deaths: bool = True) -> Verified:
    """A design forecast whole and, with `deaths`, with one server dead of each tier that has several equal ones."""
    answer = verifier(design, ())
    swaps = next((tier.name for tier in answer.tiers if tier.memory.swaps), "")
    worst, dead = 0.0, ""
    for tier in design.tiers if deaths and not swaps else ():
        name = last_of(design, frame, tier.name)
        if name is not None:
            left = verifier(design, (name,))
            used = left.offered_rps / left.capacity_rps.value if left.capacity_rps.value > 0 else NEVER
            worst, dead = max((worst, dead), (used, name))
    return Verified(design=design, forecast=answer, used_with_one_dead=worst, dead=dead, swaps=swaps)
