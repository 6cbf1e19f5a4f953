"""The event simulation's front door: a system as values, and what comes out when it is run.

numba is loaded with the first simulation, not before.
"""

from __future__ import annotations

from topology.capacity.simulation.model import (
    Answer,
    Choose,
    Discipline,
    Free,
    Group,
    Hold,
    Leave,
    Model,
    Pick,
    Policy,
    Repeat,
    Serve,
    Slots,
    Spread,
    Station,
    Step,
    Stream,
)
from topology.capacity.simulation.outcome import Outcome, SlotsOutcome, StationOutcome, StreamOutcome
from topology.capacity.simulation.steady import MOST_REQUESTS, Comparison, compare, simulate, warm
from topology.capacity.simulation.transient import Change, Window, simulate_transient

__all__ = [
    "MOST_REQUESTS", "Answer", "Change", "Choose", "Comparison", "Discipline", "Free", "Group", "Hold", "Leave",
    "Model", "Outcome", "Pick", "Policy", "Repeat", "Serve", "Slots", "SlotsOutcome", "Spread", "Station",
    "StationOutcome", "Step", "Stream", "StreamOutcome", "Window", "compare", "simulate", "simulate_transient",
    "warm",
]  # fmt: skip
