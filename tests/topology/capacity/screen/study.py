"""The screen beside the event simulation: errors of single systems, and tables of many by load."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from tests.topology.capacity.screen.layered import System
from tests.topology.capacity.screen.tandem import Tandem
from topology.capacity.simulation import Outcome, simulate

BANDS = ((0.0, 0.5), (0.5, 0.8), (0.8, 0.97))
FIGURES = ("mean", "p50", "p95", "p99")
COLUMNS = (
    "load", "systems", "figure", "median error %", "nine in ten %", "largest %", "bias %", "in the range",
    "simulation's own %",
)  # fmt: skip
BUSY = 0.8
"""Load from which a simulation is given four times as many requests."""
_QUANTILE = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One system: by figure, relative error, standard error of the simulation, and whether the range holds it."""

    load: float
    errors: dict[str, float]
    own: dict[str, float]
    held: dict[str, bool]
    stable: bool
    """Whether simulation and screen find that a steady state exists; where not, there is nothing to compare."""


def simulated(system: System | Tandem, seed: int, most: int) -> Outcome:
    """Simulate till the mean is within 1 % or `most` requests are finished, four times as many in a busy system."""
    most *= 4 if system.load >= BUSY else 1
    return simulate(system.model(), seed=seed, precision=0.01, most_requests=most)


def compare(system: System | Tandem, outcome: Outcome) -> Compared:
    """The screen's view of `system` beside an outcome; a range holds a figure if it meets its confidence interval."""
    screen = system.screened()
    errors, own, held = {}, {}, {}
    for figure in FIGURES:
        found = getattr(outcome.overall, figure)
        if found is None or screen.saturated[0]:
            return Compared(load=system.load, errors={}, own={}, held={}, stable=False)
        low, high = (float(getattr(end, figure)[0]) for end in (screen.low, screen.high))
        errors[figure] = float(getattr(screen, figure)[0]) / found.value - 1
        own[figure] = (found.high - found.low) / 2 / _QUANTILE / found.value
        held[figure] = low <= found.high and found.low <= high
    return Compared(load=system.load, errors=errors, own=own, held=held, stable=True)


def table(found: Iterable[Compared]) -> list[tuple[str, ...]]:
    """Rows of COLUMNS, a band and figure each."""
    stable = [each for each in found if each.stable]
    bands = [(low, high, [each for each in stable if low <= each.load < high]) for low, high in BANDS]
    return [
        (f"{low:g} to {high:g}", str(len(inside)), figure, *_row(inside, figure))
        for low, high, inside in bands
        for figure in FIGURES
        if inside
    ]


def share(found: Sequence[Compared], figure: str, quantile: float, *, low: float = 0.0, high: float = 1.0) -> float:
    """The quantile of the absolute relative errors at loads from `low` to `high`."""
    errors = [abs(each.errors[figure]) for each in found if each.stable and low <= each.load < high]
    return float(np.quantile(errors, quantile))


def _row(inside: Sequence[Compared], figure: str) -> tuple[str, ...]:
    errors = np.array([each.errors[figure] for each in inside])
    sizes = np.abs(errors)
    own = np.median([each.own[figure] for each in inside])
    said: Callable[[float], str] = lambda value: f"{100 * value:.1f}"  # noqa: E731 -- one form for all
    return (
        said(float(np.median(sizes))),
        said(float(np.quantile(sizes, 0.9))),
        said(float(sizes.max())),
        f"{100 * errors.mean():+.1f}",
        f"{sum(each.held[figure] for each in inside)} of {len(inside)}",
        said(float(own)),
    )
