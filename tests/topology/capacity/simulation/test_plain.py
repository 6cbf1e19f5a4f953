"""Compiled and plain Python are the same program: the same seed gives the same figures to the last digit."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from topology.capacity.simulation import (
    Change,
    Choose,
    Free,
    Group,
    Hold,
    Leave,
    Model,
    Outcome,
    Pick,
    Policy,
    Repeat,
    Serve,
    Slots,
    Station,
    Stream,
    Window,
    simulate,
    simulate_transient,
)

pytest.importorskip("numba")
POLICIES: tuple[Policy, ...] = ("random", "round_robin", "least_connections")


def everything(policy: Policy) -> Model:
    """Each kind of step, station, stream and law once."""
    query = (Hold(slots="pool"), Serve(station="database", mean=0.004), Free(slots="pool"))
    page = (
        Pick(group="web"),
        Hold(slots="workers"),
        Serve(station="app", mean=0.02, spread="own"),
        Repeat(times=2.5, law="geometric", steps=query),
        Choose(ways=((0.3, (Serve(station="disk", mean=0.01, spread="fixed"),)), (0.2, ()))),
        Repeat(times=2, steps=(Serve(station="app", mean=0.005),)),
        Free(slots="workers"),
        Serve(station="line", mean=0.1),
        Leave(group="web"),
    )
    return Model(
        groups=(Group(name="web", members=3, policy=policy),),
        slots=(Slots(name="workers", count=3, backlog=8, group="web"), Slots(name="pool", count=4)),
        stations=(
            Station(name="app", servers=2, group="web"),
            Station(name="database", servers=2),
            Station(name="disk", servers=1, discipline="fcfs"),
            Station(name="line", servers=None),
        ),
        streams=(
            Stream(name="page", rate=60.0, steps=page, dispersion=2.0),
            Stream(name="robot", users=10, think=1.0, steps=page),
        ),
    )


def outcomes() -> list[Outcome | tuple[Window, ...]]:
    """A short run for each policy, and one with a change."""
    pause = (Change(at=2.0, station="disk", up=False), Change(at=4.0, station="disk", up=True))
    changing = simulate_transient(everything("random"), pause, seed=11, horizon=6.0, window=2.0, runs=5, warm_up=1.0)
    return [*(simulate(everything(policy), seed=11, most_requests=2_500) for policy in POLICIES), changing]


def test_plain_python_gives_the_same_figures() -> None:
    compiled = "\n".join(repr(outcome) for outcome in outcomes())

    program = f"from {__name__} import outcomes\nfor outcome in outcomes(): print(repr(outcome))"
    environment = {**os.environ, "TIERWRIGHT_NO_NUMBA": "1", "PYTHONPATH": os.getcwd()}
    plain = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=120
    )

    assert plain.stdout.strip() == compiled
