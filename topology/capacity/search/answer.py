"""What a search answers: the winner, the front, why others lost, what to relax, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from topology.capacity.answer import Forecast
from topology.capacity.search.objective import Constraint
from topology.design import Design


@dataclass(frozen=True, kw_only=True)
class Chance:
    """A candidate over all worlds of the uncertain inputs."""

    holds: float
    """Share of the worlds in which everything that is promised holds, 0 to 1."""
    by_constraint: Mapping[Constraint, float]
    """The same for each constraint alone."""
    p95_ms: tuple[float, float, float]
    """What nineteen worlds of twenty are above, the middle one, and what nineteen are below."""
    regret: float | None
    """Mean cost a month of having chosen it before knowing: against the cheapest that holds in each world, what was
    paid too much, or where it does not hold, what one that does costs more. None where nothing holds in any world."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A topology with its forecast."""

    skeleton: str
    design: Design
    """A whole plan, with workload and promise."""
    forecast: Forecast
    refused: float
    """Share of the peak that is refused with one server of the worst replicated tier dead."""
    chance: Chance


@dataclass(frozen=True, kw_only=True)
class Loser:
    """A topology that was not taken."""

    skeleton: str
    design: Design
    why: str
    """In numbers."""


@dataclass(frozen=True, kw_only=True)
class Relax:
    """What would have to be asked less of for something to be feasible."""

    constraint: Constraint
    to: float
    says: str
    also: tuple[tuple[Constraint, float], ...] = ()
    """What must be relaxed besides, where one alone does not do; with the value of each."""


@dataclass(frozen=True, kw_only=True)
class Influence:
    """How much of the doubt one input makes."""

    name: str
    basis: str
    low: float
    mid: float
    high: float
    shrinks: float
    """Share of the variance of the winner's margin that goes when this input is known, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """What the winner rests on."""

    worlds: int
    influences: tuple[Influence, ...]
    """Of the inputs that are not known, the strongest first."""
    measure: str
    """The one measurement that would shrink the doubt most, as a sentence; empty where there is no doubt."""


@dataclass(frozen=True, kw_only=True)
class Cheapest:
    """The answer of a search."""

    winner: Found | None
    front: tuple[Found, ...]
    """Topologies that hold everything and of which none is beaten in cost, response time and availability at once."""
    losers: tuple[Loser, ...]
    candidates: int
    """How many were weighed; those that a tier's own limits rule out are not counted."""
    relax: Relax | None
    """None where there is a winner."""
    doubt: Doubt | None
    notes: tuple[str, ...] = ()
