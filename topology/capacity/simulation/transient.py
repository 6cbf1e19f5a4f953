"""Systems that change while they run: a rolling deploy, a database that fails over, a cold cache."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from topology.capacity.answer import Number
from topology.capacity.simulation.check import check_confidence, check_count, check_number, refuse
from topology.capacity.simulation.model import Choose, Model, Repeat, Step

MOST_REQUESTS = 20_000_000


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is different from a time on; exactly one of group, station and choose is named.

    A host of a group is chosen or not (`up`): requests that are there already go on. A station stops or goes on
    (`up`), keeping those who wait; or its services last `factor` times as long as the model says. A named choice gets
    other `chances`.
    """

    at: float
    """Units of time after the warm-up."""
    group: str = ""
    station: str = ""
    choose: str = ""
    member: int | None = None
    """One host of the group, from 0; None for all."""
    up: bool | None = None
    factor: float | None = None
    chances: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Window:
    """A stretch of time, over all runs."""

    start: float
    end: float
    offered: Number
    """Requests that came, a unit of time."""
    answered: Number
    """Answers, a unit of time."""
    refused: Number
    """Requests refused, a unit of time."""
    waiting: Number
    """How many wait at its end, at all stations and slots."""
    mean: Number | None
    """Response time of those answered in it; None where there are none."""
    p95: Number | None


def simulate_transient(
    model: Model,
    changes: Sequence[Change] = (),
    *,
    seed: int,
    horizon: float,
    window: float,
    runs: int = 20,
    warm_up: float | None = None,
    confidence: float = 0.95,
    unit: str = "s",
) -> tuple[Window, ...]:
    """Run a system that changes `runs` times, and say window by window what happened up to the horizon.

    Each run begins empty and warms up first: for as long as the horizon where nothing else is said. Intervals are over
    the runs, which are independent. The same seed gives the same windows, and two systems the same requests.
    TierwrightError where the model or a change cannot be.
    """
    from topology.capacity.simulation.course_of_changes import windows_of

    check_number(horizon, "The horizon", "horizon", above=True)
    check_number(window, "The window", "window", above=True)
    check_confidence(confidence)
    check_count(runs, "The number of runs", "runs", least=5, most=10_000)
    if window > horizon or horizon / window > 10_000:
        raise refuse("The window must be from a ten thousandth of the horizon to all of it.", "window")
    warm_up = horizon if warm_up is None else check_number(warm_up, "The warm-up", "warm_up")
    _check_size(model, runs * (warm_up + horizon))
    for place, change in enumerate(changes):
        _check_change(change, model, horizon, f"changes.{place}")
    return windows_of(
        model, changes, seed=seed, horizon=horizon, window=window, runs=runs, warm_up=warm_up,
        confidence=confidence, unit=unit,
    )  # fmt: skip


def _check_size(model: Model, time: float) -> None:
    expected = time * sum(stream.rate or 0.0 for stream in model.streams)
    if expected > MOST_REQUESTS:
        raise refuse(f"All runs would have {expected:.3g} requests, more than {MOST_REQUESTS:,}.", "runs")


def _check_change(change: Change, model: Model, horizon: float, path: str) -> None:
    if sum(map(bool, (change.group, change.station, change.choose))) != 1:
        raise refuse("A change is of a group, of a station or of a choice.", path)
    if check_number(change.at, "The time of a change", path) > horizon:
        raise refuse(f"The change at {change.at:g} comes after the horizon.", path)
    if change.group:
        _check_home(change, model, change.group, path)
    elif change.station:
        _check_station(change, model, path)
    elif change.choose not in _choices(tuple(step for stream in model.streams for step in stream.steps)):
        raise refuse(f"There is no choice {change.choose}.", path)


def _check_station(change: Change, model: Model, path: str) -> None:
    homes = {station.name: station.group for station in model.stations}
    if change.station not in homes:
        raise refuse(f"There is no station {change.station}.", path)
    if change.factor is not None:
        check_number(change.factor, "The factor", path)
        if change.up is not None or change.member is not None:
            raise refuse("A factor is for all hosts of a station, and for nothing else.", path)
    else:
        _check_home(change, model, homes[change.station], path)


def _check_home(change: Change, model: Model, group: str, path: str) -> None:
    if group not in model.hosts:
        raise refuse(f"There is no group {group}.", path)
    if change.up is None:
        raise refuse("It is not said whether it goes up or down.", path)
    if change.member is not None:
        check_count(change.member, "The host", path, least=0, most=model.hosts[group] - 1)


def _choices(steps: tuple[Step, ...]) -> set[str]:
    """The names of all choices within steps."""
    names: set[str] = set()
    for step in steps:
        if isinstance(step, Repeat):
            names |= _choices(step.steps)
        elif isinstance(step, Choose):
            names |= {step.name}.union(*(_choices(inner) for _, inner in step.ways))
    return names
