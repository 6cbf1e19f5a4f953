"""What requests wait for a slot, and how far slots are a limit: the part of a candidate that spans its tiers.

A slot is held while the tiers further in work, so it depends on how fast they are, though not on how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from topology.capacity.holding import MOST_EXACT
from topology.capacity.limits import CLEARLY
from topology.capacity.search.space import Class
from topology.capacity.search.tables import Table

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Waits:
    """Over candidates and worlds."""

    wait: Floats
    """Seconds that a request waits for a slot."""
    variance: Floats
    share: Floats
    """Slots held, of all."""
    used: Floats
    """Share that the peak takes of the most that the slots can pass; 0 where the cores are short before them."""
    used_with_one_dead: Floats


def waits(
    tables: Sequence[Table], places: Sequence[Numbers], number: int, classes: Sequence[Class], rates: Floats
) -> Waits:
    """Of the slots of one tier; `places` is the row of every candidate in each tier's table."""
    mine = tables[number]
    if not _matters(mine, classes):
        return _nothing((len(places[number]), len(rates)))
    first, inverse = _kinds(tables, places, number)
    inner = np.zeros((len(first), len(classes), len(rates)))
    for place in range(number + 1, len(tables)):
        inner = inner + tables[place].plain[places[place][first]]
    found = _of(mine, places[number][first], inner, classes, rates)
    return Waits(**{item.name: getattr(found, item.name)[inverse] for item in fields(Waits)})


def _kinds(tables: Sequence[Table], places: Sequence[Numbers], number: int) -> tuple[Numbers, Numbers]:
    """One candidate of each kind that differs in this tier's option or in a lift further in, and the kind of each."""
    key = places[number].copy()
    for place in range(number + 1, len(tables)):
        lift = tables[place].lift
        key = key * (int(lift.max(initial=0)) + 1) + lift[places[place]]
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return first, inverse.reshape(-1)


def alone(item: Table, inner: Floats, classes: Sequence[Class], rates: Floats) -> Waits:
    """Of every option of one tier, with CPU seconds of the tiers further in that are given; classes x worlds."""
    if not _matters(item, classes):
        return _nothing((len(item.cost), len(rates)))
    rows = np.arange(len(item.cost))
    return _of(item, rows, np.repeat(inner[None], len(rows), axis=0), classes, rates)


def _matters(item: Table, classes: Sequence[Class]) -> bool:
    return item.held is not None and any(one.holds for one in classes)


def _nothing(shape: tuple[int, int]) -> Waits:
    none = np.zeros(shape)
    return Waits(wait=none, variance=none, share=none, used=none, used_with_one_dead=none)


def _of(item: Table, rows: Numbers, inner: Floats, classes: Sequence[Class], rates: Floats) -> Waits:
    """Of options, given by their rows, with what lies further in for each; rows x classes x worlds."""
    from topology.capacity.search import kernel  # numba takes a while to load

    held = item.held
    assert held is not None
    holding = sum(one.share for one in classes if one.holds)
    servers = held.servers[rows, None]
    service, reading, deeper = (
        _mean(figures, classes) / holding for figures in (held.service[rows], held.reading[rows], inner)
    )
    think = reading + deeper
    busy = held.busy[rows]
    others = np.maximum(0.0, busy * servers / holding - service)
    rate = rates * holding / servers
    found = np.empty((4, *service.shape))
    room = int(held.slots[rows].max(initial=1)) + 2
    kernel.slots_held(
        _flat(rate, service.shape),
        np.ascontiguousarray(np.repeat(held.slots[rows], service.shape[1])),
        np.ascontiguousarray(np.repeat(held.cores[rows], service.shape[1])),
        _flat(service, service.shape),
        _flat(think, service.shape),
        _flat(others, service.shape),
        np.zeros((kernel.ROWS, min(room, MOST_EXACT + 2))),
        found.reshape(4, -1),
    )
    wait, full, share, used = found
    cores = held.cores[rows, None]
    named = used * CLEARLY > rates * busy / cores
    used = np.where(named | (used >= 1), used, 0.0)
    grown = (item.grown[rows])[:, None]
    return Waits(
        wait=wait,
        variance=wait**2 * np.maximum(0.0, 2 / np.maximum(full, 1e-9) - 1),
        share=share,
        used=used,
        used_with_one_dead=np.where(grown, used * servers / np.maximum(servers - 1, 1), 0.0),
    )


def _flat(figures: Floats, shape: tuple[int, ...]) -> Floats:
    return np.ascontiguousarray(np.broadcast_to(figures, shape)).reshape(-1)


def _mean(figures: Floats, classes: Sequence[Class]) -> Floats:
    """Over the classes that hold a slot, not yet divided by their share; the classes are the middle axis."""
    found = np.zeros((figures.shape[0], figures.shape[2]))
    for place, item in enumerate(classes):
        if item.holds:
            found = found + item.share * figures[:, place]
    return found
