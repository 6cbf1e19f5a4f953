"""A system in motion: the kernel's arrays, how they are filled, run and read."""

from __future__ import annotations

from hashlib import blake2b
from math import expm1, inf, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topology.capacity.compiled import COMPILED
from topology.capacity.simulation import kernel
from topology.capacity.simulation.model import Stream
from topology.capacity.simulation.program import Program
from topology.errors import TierwrightError

MOST_INSIDE = 1 << 20
"""Requests that may be in the system at once; more is a queue without end, or too large to be simulated."""
BURST = 5.0
"""How long bursts are remembered, in units of time: the correlation of rates falls by e over it. An assumption: counts
of one second do not tell it."""
_POLICIES = {"random": kernel.AT_RANDOM, "round_robin": kernel.ROUND_ROBIN, "least_connections": kernel.LEAST}


class Machine:
    """One run of a program from one seed; the same seed gives each stream the same requests in every system."""

    def __init__(self, program: Program, seed: int) -> None:
        self.program = program
        self.full = False
        """There was no room for another request: from then on none comes."""
        users = sum(stream.users or 0 for stream in program.model.streams)
        self._room = users + 1024
        self._fill(seed)
        self._start_users(seed)
        self._make_free(users, self._room)

    @property
    def now(self) -> float:
        """The clock."""
        return float(self._clock[kernel.NOW])

    @property
    def finished(self) -> int:
        """Requests answered or refused so far."""
        return int(self._run[kernel.FINISHED])

    def go(self, requests: int, until: float = inf) -> None:
        """Run until so many more requests are finished, or to a time; who finds no room any more shuts the door."""
        self._run[kernel.STOP_AT] = self.finished + requests
        self._clock[kernel.HORIZON] = until
        while (why := self._advance()) == kernel.NO_ROOM:
            if 2 * self._room > MOST_INSIDE:
                self._shut()
            else:
                self._grow()
        if why == kernel.STUCK:
            raise TierwrightError("Requests wait for slots that others hold who wait too: nothing can go on any more.")

    def totals(self) -> NDArray[np.float64]:
        """All sums up to now: the time; offered, answered, refused and response by stream; the area under the number
        present and busy and the services done by place; the area under held and waiting and those turned away by
        slots' place."""
        return np.concatenate([[self.now], self._streams(), self._stations(), self._slots_sums()])

    def take_histogram(self) -> NDArray[np.int32]:
        """Response times since the last time, by stream and bin."""
        counts = np.array(self._histogram, dtype=np.int32).reshape(-1, kernel.BINS)
        for place in range(len(self._histogram)) if not COMPILED else ():
            self._histogram[place] = 0
        if COMPILED:
            self._histogram[:] = 0
        return counts

    def waiting(self) -> NDArray[np.float64]:
        """Who waits now: by place of a station, then by place of slots."""
        station = np.asarray(self.station).reshape(-1, kernel.STATION_WIDTH)
        served = np.asarray(self.served).reshape(-1, kernel.SERVED_WIDTH)
        queued = np.maximum(station[:, kernel.PRESENT] - served[:, kernel.SERVERS], 0.0)
        slots = np.asarray(self._slots, dtype=np.int64).reshape(-1, kernel.SLOTS_WIDTH)
        return np.concatenate([queued, slots[:, kernel.WAITING].astype(float)])

    @property
    def floor(self) -> float:
        """The least response time that the histogram tells apart."""
        return float(self._clock[kernel.FLOOR])

    def _advance(self) -> int:
        return kernel.advance(
            self._code, self.operand, self.request, self.work, self.station, self.served, self.due, self.first,
            self._slots, self._held, self.group, self.member, self._stream, self._source, self._histogram, self._run,
            self._clock,
        )  # fmt: skip

    def _fill(self, seed: int) -> None:
        program = self.program
        self._code, self.operand = _whole(program.code), _real(program.operand)
        self.request = _whole([0] * (self._room * program.width))
        self.work = _real([0.0] * (self._room * kernel.WORK_WIDTH))
        self._fill_stations()
        self._fill_slots()
        self._fill_groups()
        self._fill_streams(seed)
        self._histogram = _whole([0] * (kernel.BINS * len(program.model.streams)))
        self._run = _whole([program.width, program.places, -1, 0, 0])
        alone = [program.alone(stream) for stream in range(len(program.model.streams))]
        self._clock = _real([0.0, inf, max(min(alone) * 1e-6, max(alone) * 1e-7)])

    def _fill_stations(self) -> None:
        program = self.program
        whole: list[int] = []
        real: list[float] = []
        hosts = program.model.hosts
        for station in program.model.stations:
            shared = int(station.discipline == "ps" and station.servers is not None)
            servers = inf if station.servers is None else float(station.servers)
            whole += [shared, 0, -1, -1, -1] * hosts[station.group]
            real += [servers, 0.0, 0.0, 0.0, 0.0, 0.0] * hosts[station.group]
        for _ in program.model.streams:
            whole += [0, 0, -1, -1, -1]
            real += [inf, 0.0, 0.0, 0.0, 0.0, 0.0]
        self.station, self.served = _whole(whole), _real(real)
        self._start_tournament(program.places + len(program.model.streams))

    def _start_tournament(self, players: int) -> None:
        """Nobody is due: of each pair the first wins."""
        leaves = 2
        while leaves < players:
            leaves *= 2
        first = [0] * leaves + list(range(leaves))
        for node in range(leaves - 1, 0, -1):
            first[node] = first[2 * node]
        self.due, self.first = _real([inf] * leaves), _whole(first)

    def _fill_slots(self) -> None:
        whole: list[int] = []
        hosts = self.program.model.hosts
        for slots in self.program.model.slots:
            backlog = -1 if slots.backlog is None else slots.backlog
            whole += [slots.count, 0, 0, backlog, -1, -1, 0] * hosts[slots.group]
        self._slots = _whole(whole)
        self._held = _real([0.0] * (kernel.HELD_WIDTH * self.program.slots_places))

    def _fill_groups(self) -> None:
        whole: list[int] = []
        first = 0
        for group in self.program.model.groups:
            whole += [first, group.members, _POLICIES[group.policy], group.members - 1, group.members]
            first += group.members
        self.group, self.member = _whole(whole), _whole([0, 1] * first)

    def _fill_streams(self, seed: int) -> None:
        whole: list[int] = []
        real: list[float] = []
        for entry, stream in zip(self.program.entries, self.program.model.streams, strict=True):
            whole += [entry, _state(seed, stream.name, "arrivals"), _state(seed, stream.name, "requests"), 0, 0, 0, 0]
            real += [*burst(stream), inf if stream.dispersion == 1 else 0.0, 0.0]
        self._stream, self._source = _whole(whole), _real(real)
        for place, stream in enumerate(self.program.model.streams):
            if stream.rate is not None:
                arrival = kernel.next_arrival(self._stream, self._source, place, 0.0)
                kernel.settle(self.due, self.first, self.program.places + place, arrival)

    def _start_users(self, seed: int) -> None:
        """All users stand where they think, at time 0, and go on from there to think."""
        who = 0
        for place, stream in enumerate(self.program.model.streams):
            users = range(who, who + (stream.users or 0))
            for user in users:
                self._set_user(user, place, last=user + 1 == users.stop, first=user == who)
            if users:
                at = self.program.places - len(self.program.model.streams) + place
                self.station[at * kernel.STATION_WIDTH + kernel.PRESENT] = len(users)
                self.station[at * kernel.STATION_WIDTH + kernel.ROOT] = who
                kernel.settle(self.due, self.first, at, 0.0)
            who = users.stop

    def _set_user(self, user: int, place: int, *, first: bool, last: bool) -> None:
        """The first is the root of a heap of equals, and the others its children."""
        at = user * self.program.width
        self.request[at + kernel.PC] = self.program.entries[place]
        self.request[at + kernel.STREAM] = place
        self.request[at + kernel.RANDOM] = kernel.seed(self._stream, place * kernel.STREAM_WIDTH + kernel.SEEDS)
        self.request[at + kernel.NEXT] = -1 if first or last else user + 1
        self.request[at + kernel.CHILD] = user + 1 if first and not last else -1

    def _make_free(self, start: int, stop: int) -> None:
        for who in range(start, stop):
            self.request[who * self.program.width + kernel.NEXT] = who + 1 if who + 1 < stop else -1
        self._run[kernel.IDLE] = start

    def _shut(self) -> None:
        if self.waiting().sum() < MOST_INSIDE / 4:
            raise TierwrightError(f"More than {MOST_INSIDE // 2:,} requests would be in the system at once: too many.")
        self.full = True
        for place in range(len(self.program.model.streams)):
            kernel.settle(self.due, self.first, self.program.places + place, inf)

    def _grow(self) -> None:
        room = self._room
        whole, real = _whole([0] * (room * self.program.width)), _real([0.0] * (room * kernel.WORK_WIDTH))
        self.request, self.work = _joined(self.request, whole), _joined(self.work, real)
        self._room = 2 * room
        self._make_free(room, 2 * room)

    def _streams(self) -> NDArray[np.float64]:
        stream = np.asarray(self._stream, dtype=np.float64).reshape(-1, kernel.STREAM_WIDTH)
        source = np.asarray(self._source).reshape(-1, kernel.SOURCE_WIDTH)
        counted = stream[:, [kernel.OFFERED, kernel.REPLIED, kernel.REFUSED]]
        return np.column_stack([counted, source[:, kernel.SUM]]).ravel()

    def _stations(self) -> NDArray[np.float64]:
        station = np.asarray(self.station).reshape(-1, kernel.STATION_WIDTH)
        served = np.asarray(self.served).reshape(-1, kernel.SERVED_WIDTH)
        since = self.now - served[:, kernel.TOUCHED]
        present = station[:, kernel.PRESENT].astype(float)
        area = served[:, kernel.AREA] + present * since
        busy = served[:, kernel.BUSY] + np.minimum(present, served[:, kernel.SERVERS]) * since
        return np.column_stack([area, busy, served[:, kernel.DONE]]).ravel()

    def _slots_sums(self) -> NDArray[np.float64]:
        slots = np.asarray(self._slots, dtype=np.float64).reshape(-1, kernel.SLOTS_WIDTH)
        held = np.asarray(self._held, dtype=np.float64).reshape(-1, kernel.HELD_WIDTH)
        since = self.now - held[:, kernel.SEEN]
        area = held[:, kernel.AREA_HELD] + slots[:, kernel.HELD] * since
        queue = held[:, kernel.AREA_WAITING] + slots[:, kernel.WAITING] * since
        return np.column_stack([area, queue, slots[:, kernel.TURNED_AWAY]]).ravel()


def burst(stream: Stream) -> tuple[float, float, float, float]:
    """Calm and busy rate, and the rates at which each ends.

    A Poisson process whose rate goes between two values, with mean r and the correlation exp(-t/b) over a lag t, has
    counts in windows of 1 with the index of dispersion I = 1 + r k f, where k is the squared coefficient of variation
    of the rate and f = 2 b (1 - b (1 - exp(-1/b))) (Fischer and Meier-Hellstern, 1993, section 2). The two states last
    equally long while that can give the I that is asked for; beyond, the calm one is silent and lasts longer.
    """
    rate = stream.rate or 0.0
    if stream.dispersion == 1 or rate == 0:
        return rate, rate, 0.0, 0.0
    seen = 2 * BURST * (1 + BURST * expm1(-1 / BURST))
    varied = (stream.dispersion - 1) / (rate * seen)
    busy_share = 0.5 if varied <= 1 else 1 / (1 + varied)
    calm = rate * (1 - sqrt(varied * busy_share / (1 - busy_share)))
    busy = rate * (1 + sqrt(varied * (1 - busy_share) / busy_share))
    return max(0.0, calm), busy, busy_share / BURST, (1 - busy_share) / BURST


def _state(seed: int, *words: str) -> int:
    """A state of a generator from a seed and what it is for: a stream keeps its requests whatever else changes."""
    digest = blake2b("\0".join([str(seed), *words]).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % (2**62) + 1


def _whole(values: Any) -> Any:
    return np.array(values, dtype=np.int64) if COMPILED else list(values)


def _real(values: Any) -> Any:
    return np.array(values, dtype=np.float64) if COMPILED else [float(value) for value in values]


def _joined(one: Any, other: Any) -> Any:
    return np.concatenate([one, other]) if COMPILED else one + other
