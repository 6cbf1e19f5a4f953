"""What each option of a tier does in each world: the part of a candidate that does not depend on its other tiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from topology.capacity import bandwidth
from topology.capacity.search.space import (
    BETWEEN_STOPS,
    PEAK,
    PROMOTION,
    REPAIR,
    Class,
    Coefficient,
    Form,
    Lift,
    Load,
    Option,
    TierSpace,
)

Floats = NDArray[np.float64]
_NEGLIGIBLE = 1e-25
_FULL = 1e-9
"""What is left of a disk that is always busy, so that there is something to divide by."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """The servers of a tier whose work is done in slots; options x worlds, or by class in the middle."""

    slots: NDArray[np.int64]
    """Of one server."""
    cores: NDArray[np.int64]
    servers: Floats
    """Options: servers with slots."""
    service: Floats
    """Options x classes x worlds: CPU seconds there of one request, unqueued."""
    reading: Floats
    """The same of the disk."""
    busy: Floats
    """Options x worlds: CPU seconds a mean request of the site takes of one such server, all classes."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A tier's options in some worlds; shapes are options x worlds, with classes between where they differ."""

    cost: Floats
    """Options: a month."""
    lift: NDArray[np.int64]
    """Options: the place of their lift in the tier."""
    grown: NDArray[np.bool_]
    """Options: servers that are equal to each other are more than one."""
    plain: Floats
    """Options x classes x worlds: seconds of one request here, cores and disk, without queueing; for every count."""
    time: Floats
    """Options x classes x worlds: the same with queueing."""
    variance: Floats
    """Options x classes x worlds."""
    used: Floats
    """Share of the first hardware limit that the peak takes."""
    used_with_one_dead: Floats
    """The same with one server dead; 0 where the tier is not replicated."""
    lone: Floats
    """Availability of the servers of which there is only one."""
    held: Held | None
    """None where no work here is done in slots."""
    pooled: NDArray[np.int64]
    """Options: servers that stand for each other."""
    load: Floats
    """How many of them the peak keeps busy."""


def table(tier: TierSpace, options: Sequence[Option], classes: Sequence[Class], values: Floats) -> Table:
    """The table of some options of a tier; `values` is worlds x inputs.

    Every figure is worked out element by element, in the same order whatever the number of options and worlds, so
    that a space cut into pieces gives the same bits.
    """
    lift = np.array([option.lift for option in options], dtype=np.int64)
    counts = np.array([option.count for option in options], dtype=np.int64)
    order = np.argsort(lift, kind="stable")
    blocks = [
        _block(tier.lifts[place], counts[order[lift[order] == place]], classes, values)
        for place in np.unique(lift).tolist()
    ]
    back = np.argsort(order, kind="stable")

    def joined(name: str) -> Floats:
        return np.asarray(np.concatenate([getattr(block, name) for block in blocks])[back])

    return Table(
        cost=np.array([tier.cost(option) for option in options]),
        lift=lift,
        grown=counts > 1,
        plain=joined("plain"),
        time=joined("time"),
        variance=joined("variance"),
        used=joined("used"),
        used_with_one_dead=joined("used_with_one_dead"),
        lone=joined("lone"),
        held=_joined_held(blocks, back),
        pooled=joined("pooled").astype(np.int64),
        load=joined("load"),
    )


def pooled_availability(servers: int, load: Floats, values: Floats) -> Floats:
    """Share of the time in which as many servers are up as the load keeps busy; over worlds.

    Servers stop and are repaired independently of each other, so those that are up are binomially distributed: the
    same as the birth-death chain of `availability.k_of_n` with a crew for each.
    """
    needed = np.clip(np.ceil(load), 1, servers)
    up = _up(values, REPAIR)
    ratio = (1 - up) / up
    term = found = _power(up, servers)
    for dead in range(1, servers):
        term = term * ratio * ((servers - dead + 1) / dead)
        found = found + np.where(dead <= servers - needed, term, 0.0)
        if not np.any(term > _NEGLIGIBLE):
            break
    return np.minimum(1.0, found)


@dataclass(frozen=True, kw_only=True)
class _Block:
    """The options of one lift, by its counts; the fields are those of `Table`."""

    plain: Floats
    time: Floats
    variance: Floats
    used: Floats
    used_with_one_dead: Floats
    lone: Floats
    held: Held | None
    pooled: NDArray[np.int64]
    load: Floats


def _block(lift: Lift, counts: NDArray[np.int64], classes: Sequence[Class], values: Floats) -> _Block:
    flat, deep = (len(counts), len(values)), (len(counts), len(classes), len(values))
    time, variance = np.zeros(deep), np.zeros(deep)
    used, load, lone = np.zeros(flat), np.zeros(flat), np.ones(flat)
    held, pooled = None, np.zeros(len(counts), dtype=np.int64)
    for form in lift.forms:
        members = counts if form.grows else np.full_like(counts, form.members)
        part = _part(lift, form, counts, classes, values)
        passed = members[:, None, None] * part.queued
        time = time + passed
        crowd = passed**2 * (part.scv[:, None] - 1)
        variance = variance + members[:, None, None] ** 2 * part.own + crowd
        used = np.maximum(used, part.used)
        alone = form.lone & (members == 1)
        lone = lone * np.where(alone[:, None], _up(values, PROMOTION if form.promoted else REPAIR), 1.0)
        equals = np.where(alone, 0, members) if form.asked else np.zeros_like(members)
        pooled, load = pooled + equals, load + equals[:, None] * part.used
        if form.slots is not None and held is None:
            held = _held(lift, form, members, part)
    return _Block(
        plain=np.repeat(_plain(lift, len(classes), values)[None], len(counts), axis=0),
        time=time,
        variance=variance,
        used=used,
        used_with_one_dead=_one_dead(lift, counts, classes, values),
        lone=lone,
        held=held,
        pooled=pooled,
        load=load,
    )


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One server of a form; counts x worlds, with classes between where they differ."""

    each: Floats
    """CPU seconds of a request of the site there, by class, without queueing."""
    busy: Floats
    """CPU seconds of a mean request of the site there."""
    used: Floats
    reading: Floats
    """Seconds of the disk of a request there, by class, without queueing."""
    queued: Floats
    """Seconds of a request there, by class, cores and disk, with queueing."""
    own: Floats
    """Variance of a request's own work there, by class, as much longer as queueing makes it."""
    scv: Floats


def _part(lift: Lift, form: Form, counts: NDArray[np.int64], classes: Sequence[Class], values: Floats) -> _Part:
    each = np.zeros((len(counts), len(classes), len(values)))
    reading = np.zeros_like(each)
    sent = np.zeros((len(counts), len(values)))
    for load in form.loads:
        sharing_it = _sharing(load, counts)
        each = each + _sum(load.cpu, len(classes), values) / sharing_it[:, None, None]
        reading = reading + _sum(load.disk, len(classes), values) / sharing_it[:, None, None]
        sent = sent + _weighted(_sum(load.sent, len(classes), values)[None], classes) / sharing_it[:, None]
    busy = _weighted(each, classes)
    cpu = values[:, PEAK] * busy / lift.cores
    disk = values[:, PEAK] * _weighted(reading, classes)
    turns = _turns(form, counts)
    stretch, scv = _stretched(cpu, lift.cores, turns)
    free = np.maximum(1 - disk, _FULL)[:, None]
    return _Part(
        each=each,
        busy=busy,
        used=np.maximum(np.maximum(cpu, disk), _network(lift, sent, values)),
        reading=reading,
        queued=each * stretch[:, None] + reading / free,
        own=_own(form, counts, len(classes), values, stretch[:, None], free),
        scv=scv,
    )


def _own(form: Form, counts: NDArray[np.int64], classes: int, values: Floats, stretch: Floats, free: Floats) -> Floats:
    """Variance of what each role takes of a request by itself, added up; options x classes x worlds."""
    found = np.zeros((len(counts), classes, len(values)))
    for load in form.loads:
        sharing_it = _sharing(load, counts)[:, None, None]
        cpu, disk = _sum(load.cpu, classes, values) / sharing_it, _sum(load.disk, classes, values) / sharing_it
        scv = np.array(load.scv or (1.0,) * classes)[None, :, None]
        found = found + (cpu * stretch + disk / free) ** 2 * scv
    return found


def _plain(lift: Lift, classes: int, values: Floats) -> Floats:
    """Cores and disk of each role once, however many forms have it: by the lift alone, so the same for every count."""
    found = np.zeros((classes, len(values)))
    for load in {load.role: load for form in lift.forms for load in form.loads}.values():
        found = found + _sum(load.cpu, classes, values) + _sum(load.disk, classes, values)
    return found


def _sharing(load: Load, counts: NDArray[np.int64]) -> Floats:
    """Servers among which a role's work is spread."""
    if load.standby:
        return np.ones(len(counts))
    return np.asarray(load.fixed + (counts if load.grows else np.zeros_like(counts)), dtype=np.float64)


def _sum(coefficients: Sequence[Coefficient], classes: int, values: Floats) -> Floats:
    found = np.zeros((classes, len(values)))
    for kind, place, value in coefficients:
        found[kind] += value * values[:, place]
    return found


def _weighted(by_class: Floats, classes: Sequence[Class]) -> Floats:
    """Of a mean request; the classes are the middle axis."""
    found = np.zeros((by_class.shape[0], by_class.shape[2]))
    for place, item in enumerate(classes):
        found = found + item.share * by_class[:, place]
    return found


def _network(lift: Lift, sent: Floats, values: Floats) -> Floats:
    if lift.network_mbit is None:
        return np.zeros(sent.shape)
    return np.asarray(values[:, PEAK] * sent * bandwidth.BITS_A_BYTE / (lift.network_mbit * bandwidth.MEGA))


def _one_dead(lift: Lift, counts: NDArray[np.int64], classes: Sequence[Class], values: Floats) -> Floats:
    """Share of the worst server's limit with one server of the growing form less."""
    found = np.zeros((len(counts), len(values)))
    if not lift.grows:
        return found
    left = np.maximum(counts - 1, 1)
    for form in lift.forms:
        found = np.maximum(found, _part(lift, form, left, classes, values).used)
    return np.where(counts[:, None] > 1, found, 0.0)


def _held(lift: Lift, form: Form, members: NDArray[np.int64], part: _Part) -> Held:
    return Held(
        slots=np.full(len(members), form.slots, dtype=np.int64),
        cores=np.full(len(members), min(lift.cores, form.processes or lift.cores), dtype=np.int64),
        servers=members.astype(np.float64),
        service=members[:, None, None] * part.each,
        reading=members[:, None, None] * part.reading,
        busy=part.busy,
    )


def _joined_held(blocks: Sequence[_Block], back: NDArray[np.int64]) -> Held | None:
    held = [block.held for block in blocks if block.held is not None]
    if len(held) < len(blocks):
        return None
    names = [item.name for item in fields(Held)]
    return Held(**{name: np.concatenate([getattr(item, name) for item in held])[back] for name in names})


def _up(values: Floats, repair: int) -> Floats:
    between = values[:, BETWEEN_STOPS]
    return between / (between + values[:, repair])


def _power(base: Floats, exponent: int) -> Floats:
    """By squaring: multiplications give the same bits wherever an element stands."""
    found, square = np.ones_like(base), base
    while exponent:
        if exponent & 1:
            found = found * square
        square, exponent = square * square, exponent >> 1
    return found


def _turns(form: Form, counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Servers among which a form's requests are dealt in turn, by count; 1 where chance decides."""
    found = np.ones(len(counts), dtype=np.int64)
    if form.in_turn:
        for load in form.loads:
            found = np.maximum(found, _sharing(load, counts).astype(np.int64))
    return found


def _stretched(load: Floats, cores: int, turns: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """How much longer than alone a request takes on shared cores, and the squared variation of that."""
    from topology.capacity.search import kernel  # numba takes a while to load

    stretch, scv = np.empty(load.size), np.empty(load.size)
    dealt = np.repeat(turns, load.shape[1])
    kernel.stretches(np.ascontiguousarray(load).reshape(-1), cores, dealt, stretch, scv)
    return stretch.reshape(load.shape), scv.reshape(load.shape)
