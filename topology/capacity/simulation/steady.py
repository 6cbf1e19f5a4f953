"""Simulates systems in their steady state, until the figures are as sure as was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from topology.capacity.answer import Number
from topology.capacity.simulation.check import check_confidence, check_count, check_number
from topology.capacity.simulation.model import Model, Serve, Station, Stream
from topology.capacity.simulation.outcome import Outcome
from topology.capacity.simulation.transient import Change, simulate_transient

MOST_REQUESTS = 4_000_000
_WARM_UP = 10_000


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two systems under the same requests; the difference is surer than either figure."""

    before: Outcome
    after: Outcome
    mean: Number | None
    """Mean response after less mean response before; None where either is saturated."""


def simulate(
    model: Model,
    *,
    seed: int,
    precision: float = 0.01,
    confidence: float = 0.95,
    most_requests: int = MOST_REQUESTS,
    warm_up: int | None = None,
    unit: str = "s",
) -> Outcome:
    """Simulate until the half-width of mean and p95 is within `precision` of them, or `most_requests` are finished.

    `warm_up` requests are left out first (10,000, or a twentieth of the most), and then the first eighth of all.
    Figures are in the model's time unit, called `unit`. The same seed gives the same outcome. TierwrightError where
    the model cannot be.
    """
    from topology.capacity.simulation.course import Course, run

    warm_up = _checked(precision, confidence, most_requests, warm_up)
    course = Course.of(model, seed=seed, confidence=confidence, unit=unit)
    precise = run([course], precision=precision, most=most_requests, warm_up=warm_up)
    return course.outcome(precise=precise)


def compare(
    before: Model,
    after: Model,
    *,
    seed: int,
    precision: float = 0.01,
    confidence: float = 0.95,
    most_requests: int = MOST_REQUESTS,
    warm_up: int | None = None,
    unit: str = "s",
) -> Comparison:
    """Simulate two systems with common random numbers: equal streams bring the same requests to both.

    Batches are of equal numbers, so that their differences in pairs show the interval of the difference.
    """
    from topology.capacity.simulation.course import Course, difference, run

    warm_up = _checked(precision, confidence, most_requests, warm_up)
    both = [Course.of(model, seed=seed, confidence=confidence, unit=unit) for model in (before, after)]
    precise = run(both, precision=precision, most=most_requests, warm_up=warm_up)
    earlier, later = (course.outcome(precise=precise) for course in both)
    return Comparison(before=earlier, after=later, mean=difference(both, unit))


def warm() -> bool:
    """Compile the loop, or load what is compiled already; False where numba is not to be had."""
    from topology.capacity.compiled import COMPILED

    page = Stream(name="page", rate=3.0, steps=(Serve(station="cpu", mean=0.5),))
    model = Model(streams=(page,), stations=(Station(name="cpu", servers=2, discipline="fcfs"),))
    simulate(model, seed=1, most_requests=2_000)
    pause = (Change(at=1.0, station="cpu", up=False), Change(at=9.0, station="cpu", up=True))
    simulate_transient(model, pause, seed=1, horizon=10.0, window=10.0, runs=5)
    return COMPILED


def _checked(precision: float, confidence: float, most: int, warm_up: int | None) -> int:
    """How many requests warm up, once all that was asked for makes sense."""
    check_number(precision, "The precision", "precision", above=True)
    check_confidence(confidence)
    check_count(most, "The most requests", "most_requests", least=2_000)
    if warm_up is None:
        return min(_WARM_UP, most // 20)
    return check_count(warm_up, "The warm-up", "warm_up", least=0, most=most // 2)
