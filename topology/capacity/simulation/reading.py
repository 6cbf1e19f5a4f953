"""Turns what was counted into an outcome."""

from __future__ import annotations

from topology.capacity.answer import Number
from topology.capacity.simulation.batches import (
    ANSWERED,
    AREA,
    BUSY,
    DONE,
    HELD,
    REFUSED,
    TURNED_AWAY,
    WAITING,
    Reading,
    over_members,
)
from topology.capacity.simulation.interval import Reals
from topology.capacity.simulation.model import Model, Station
from topology.capacity.simulation.outcome import Outcome, SlotsOutcome, StationOutcome, StreamOutcome
from topology.capacity.simulation.program import Program

ALL = slice(None)


def outcome_of(
    reading: Reading, model: Model, program: Program, *, requests: int, seed: int, precise: bool, saturated: str
) -> Outcome:
    """All figures of a run."""
    hosts, quiet = model.hosts, bool(saturated)
    return Outcome(
        overall=_stream(reading, ALL, quiet=quiet),
        streams={
            stream.name: _stream(reading, slice(place, place + 1), quiet=quiet)
            for place, stream in enumerate(model.streams)
        },
        stations={
            station.name: _station(reading, station, slice(first, first + hosts[station.group]))
            for station, first in zip(model.stations, program.stations, strict=True)
        },
        slots={
            slots.name: _slots(reading, slice(first, first + hosts[slots.group]))
            for slots, first in zip(model.slots, program.slots, strict=True)
        },
        requests=requests,
        time=float(reading.time.sum()),
        seed=seed,
        precise=precise and not saturated,
        saturated=saturated,
    )


def _stream(reading: Reading, who: slice, *, quiet: bool) -> StreamOutcome:
    sums = reading.streams[:, who].sum(axis=1)
    finished = sums[:, ANSWERED] + sums[:, REFUSED]
    return StreamOutcome(
        throughput=reading.rate(sums[:, ANSWERED]),
        refused=reading.per(sums[:, REFUSED], finished, "share", most=1.0),
        mean=None if quiet else reading.mean(who),
        p50=None if quiet else reading.percentile(who, 0.5),
        p95=None if quiet else reading.percentile(who, 0.95),
        p99=None if quiet else reading.percentile(who, 0.99),
        answered=int(sums[:, ANSWERED].sum()),
    )


def _station(reading: Reading, station: Station, places: slice) -> StationOutcome:
    sums = reading.stations[:, places]
    hosts = sums.shape[1]
    servers = station.servers

    def share(busy: Reals, of: float) -> Number:
        return reading.per(busy, of * reading.time, "share", most=1.0)

    return StationOutcome(
        utilisation=None if servers is None else share(sums[:, :, BUSY].sum(axis=1), hosts * servers),
        present=reading.per(sums[:, :, AREA].sum(axis=1), hosts * reading.time, "1"),
        throughput=reading.rate(sums[:, :, DONE].sum(axis=1)),
        members=() if servers is None else over_members(sums[:, :, BUSY], lambda busy: share(busy, servers)),
    )


def _slots(reading: Reading, places: slice) -> SlotsOutcome:
    sums = reading.slots[:, places]
    time = sums.shape[1] * reading.time
    return SlotsOutcome(
        held=reading.per(sums[:, :, HELD].sum(axis=1), time, "1"),
        waiting=reading.per(sums[:, :, WAITING].sum(axis=1), time, "1"),
        turned_away=int(sums[:, :, TURNED_AWAY].sum()),
        members=over_members(sums[:, :, HELD], lambda held: reading.per(held, reading.time, "1")),
    )
