"""Tells a queue that grows without end from one that is only long."""

from __future__ import annotations

import numpy as np

from topology.capacity.simulation.batches import AREA, BUSY, OFFERED, WAITING, Batches, Reading
from topology.capacity.simulation.program import Program

_SHARE = 0.004
"""A queue as long as this share of all that came, or more, may be one without end."""
_LONG = 200.0


def overloaded(program: Program) -> str:
    """The station that open streams alone ask more of than it can serve, where nobody is ever refused."""
    model = program.model
    if any(slots.backlog is not None for slots in model.slots):
        return ""
    hosts = model.hosts
    for place, station in enumerate(model.stations):
        asked = sum((stream.rate or 0.0) * program.demands[which][place] for which, stream in enumerate(model.streams))
        if station.servers is not None and asked >= station.servers * hosts[station.group]:
            load = asked / (station.servers * hosts[station.group])
            return f"{station.name} is saturated: it is asked for {load:.4g} times what it can serve."
    return ""


def growing(batches: Batches) -> str:
    """The longest of the queues that grow as time goes by, as a sentence; empty where none does.

    A queue that grows evenly is, in the three thirds of a run, 1, 3 and 5 times as long on average as in the first.
    """
    if all(stream.rate is None for stream in batches.machine.program.model.streams):
        return ""
    reading = Reading(batches, 0.95, "")
    queues = np.concatenate([_queued(reading), reading.slots[:, :, WAITING]], axis=1) / reading.time[:, None]
    if queues.size == 0:
        return ""
    longest = int(queues[-1].argmax())
    thirds = [float(part.mean()) for part in np.array_split(queues[:, longest], 3)]
    offered = float(reading.streams[:, :, OFFERED].sum())
    long = queues[-1, longest] > max(_LONG, _SHARE * offered)
    if not batches.machine.full and not (long and thirds[2] > 1.35 * thirds[1] > 1.35 * 1.8 * thirds[0]):
        return ""
    name = _name(batches.machine.program, longest)
    return f"{name} is saturated: the queue there grows without end."


def _queued(reading: Reading) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return reading.stations[:, :, AREA] - reading.stations[:, :, BUSY]


def _name(program: Program, place: int) -> str:
    if place < program.places:
        firsts = program.stations
        things = [station.name for station in program.model.stations]
    else:
        place -= program.places
        firsts = program.slots
        things = [slots.name for slots in program.model.slots]
    return things[max(which for which, first in enumerate(firsts) if first <= place)]
