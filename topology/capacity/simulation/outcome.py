"""What a simulation answers: figures with the interval that they lie in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from topology.capacity.answer import Number


@dataclass(frozen=True, kw_only=True)
class StreamOutcome:
    """One class of requests, or all of them."""

    throughput: Number
    """Answers a unit of time."""
    refused: Number
    """Share of the finished requests that were refused."""
    mean: Number | None
    """Response times: None where the system is saturated, or nothing was answered."""
    p50: Number | None
    p95: Number | None
    p99: Number | None
    answered: int


@dataclass(frozen=True, kw_only=True)
class StationOutcome:
    """A station, over all hosts that it stands on."""

    utilisation: Number | None
    """Share of its servers that are busy, on average over hosts; None for a delay."""
    present: Number
    """How many are there, waiting or served, on a host."""
    throughput: Number
    """Services a unit of time, on all hosts."""
    members: tuple[Number, ...] = ()
    """Utilisation host by host; empty where there is one station in all."""


@dataclass(frozen=True, kw_only=True)
class SlotsOutcome:
    """Slots, over all hosts that have them."""

    held: Number
    """How many are held on a host."""
    waiting: Number
    """How many wait for one on a host."""
    turned_away: int
    members: tuple[Number, ...] = ()
    """Held, host by host; empty where there are these slots once in all."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A simulated system, in a steady state."""

    overall: StreamOutcome
    streams: Mapping[str, StreamOutcome]
    stations: Mapping[str, StationOutcome]
    slots: Mapping[str, SlotsOutcome]
    requests: int
    """All that were simulated, the warm-up with them."""
    time: float
    """How long the system was watched after the warm-up, in units of time."""
    seed: int
    precise: bool
    """Whether mean and p95 are as sure as was asked for; where not, the most requests were reached first."""
    saturated: str = ""
    """Where a queue grows without end, and that it does, as a sentence; empty for a stable system."""

    @property
    def stable(self) -> bool:
        """Whether no queue grows without end."""
        return not self.saturated
