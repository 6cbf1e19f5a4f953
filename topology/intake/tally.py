"""What is kept of all requests: counts by second, status, method, kind and size; no request and no client."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from topology.intake.hits import NOT_LOGGED, Batch, Methods
from topology.intake.pages import CACHE_SECONDS, Pages
from topology.intake.requests import BOT, HELD, IN_FACTS, KIND_MASK, TEXT
from topology.workload import KINDS

_MERGE_AT = 1 << 20
_STEPS = 128
"""Sizes are counted in steps of 1/128 of a power of two: a percentile is right within 0.8 percent."""
HOUR_STEP, ROBOT = 16, 8
"""An hour and a class make one number: the hour times sixteen, plus the class, plus eight where a robot asked."""
LONG_POLL, WEBSOCKET = len(KINDS), len(KINDS) + 1
CLASSES = (*KINDS, "long_poll", "websocket")
"""Classes of requests by number: the kinds of a workload, and what is held open on purpose."""
_BUCKETS = 48 * _STEPS


@dataclass
class Counts:
    """How often each number came: requests by second, or by hour and class."""

    _numbers: list[NDArray[np.int64]] = field(default_factory=list)
    _counts: list[NDArray[np.int64]] = field(default_factory=list)
    _waiting: int = 0

    def add(self, numbers: NDArray[np.int64]) -> None:
        """Add the numbers of a batch."""
        first = int(numbers.min())
        if int(numbers.max()) - first < 4 * numbers.size:
            dense = np.bincount(numbers - first)
            present = np.flatnonzero(dense)
            unique, counts = present + first, dense[present]
        else:
            unique, counts = np.unique(numbers, return_counts=True)
        self._numbers.append(unique)
        self._counts.append(counts)
        self._waiting += unique.size
        if self._waiting > max(_MERGE_AT, 2 * self._numbers[0].size):
            self.merged()

    def merged(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All numbers in rising order, and their counts."""
        if not self._numbers:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        if len(self._numbers) > 1:
            every = np.concatenate(self._numbers)
            # Each part is sorted already, which a stable sort makes use of.
            order = np.argsort(every, kind="stable")
            numbers, counts = grouped(every[order], np.concatenate(self._counts)[order])
            self._numbers, self._counts, self._waiting = [numbers], [counts], numbers.size
        return self._numbers[0], self._counts[0]


def grouped(values: NDArray[np.int64], counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Distinct values of a rising array, and the sums of their counts."""
    begins = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    return values[begins], np.add.reduceat(counts, begins)


@dataclass
class Clients:
    """Hashes of distinct clients."""

    _parts: list[NDArray[np.uint64]] = field(default_factory=list)
    _waiting: int = 0
    _counted: bool = False

    def add(self, hashes: NDArray[np.uint64]) -> None:
        """Add the clients of a batch."""
        self._counted = False
        self._parts.append(hashes)
        self._waiting += hashes.size
        if self._waiting > max(_MERGE_AT, 2 * self._parts[0].size):
            self.count()

    def count(self) -> int:
        """How many there are."""
        if not self._parts:
            return 0
        if self._counted:
            return self._waiting
        # Sorting numbers is several times faster than numpy.unique, which hashes first.
        every = np.sort(np.concatenate(self._parts))
        self._parts = [every[np.concatenate(([True], every[1:] != every[:-1]))]]
        self._waiting = self._parts[0].size
        self._counted = True
        return self._waiting


@dataclass
class Sizes:
    """Answer sizes by kind and by the facts' static flag."""

    total: int = 0
    logged: int = 0
    """Requests whose size the log gives as a number."""
    told: bool = False
    """Whether the log has sizes at all."""
    static_total: int = 0
    by_class: list[int] = field(default_factory=lambda: [0] * len(CLASSES))
    buckets: NDArray[np.int64] = field(default_factory=lambda: np.zeros((len(CLASSES), _BUCKETS), dtype=np.int64))

    def add(self, batch: Batch, classes: NDArray[np.int64]) -> None:
        """Add the sizes of a batch; a `-` is nothing sent."""
        sizes = np.maximum(batch.size, 0)
        self.total += int(sizes.sum())
        self.logged += int(np.count_nonzero(batch.size >= 0))
        self.told = self.told or bool(np.any(batch.size != NOT_LOGGED))
        self.static_total += int(sizes[(batch.traits & IN_FACTS) != 0].sum())
        for number in np.flatnonzero(np.bincount(classes)).tolist():
            self.by_class[number] += int(sizes[classes == number].sum())
        places = classes * _BUCKETS + bucket_of(sizes)
        self.buckets += np.bincount(places, minlength=self.buckets.size).reshape(self.buckets.shape)

    def percentile(self, number: int, share: float) -> int | None:
        """Nearest-rank percentile of a class's sizes in bytes, within 0.8 percent; None where there are none."""
        cumulated = np.cumsum(self.buckets[number])
        if not cumulated[-1]:
            return None
        rank = max(1, int(np.ceil(share * cumulated[-1])))
        return value_of(int(np.searchsorted(cumulated, rank)))


def bucket_of(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bucket of each size: exact up to 127 bytes, then 128 steps to each power of two."""
    mantissa, exponent = np.frexp(sizes.astype(np.float64))
    steps = (mantissa * (2 * _STEPS)).astype(np.int64) - _STEPS
    coarse = (exponent - 7).astype(np.int64) * _STEPS + steps
    return np.where(sizes < _STEPS, sizes, coarse)


def value_of(bucket: int) -> int:
    """The middle of a bucket."""
    if bucket < _STEPS:
        return bucket
    power, step = divmod(bucket, _STEPS)
    width: int = 1 << (power - 1)
    return (_STEPS + step) * width + (width - 1) // 2


@dataclass
class Times:
    """Response times in microseconds, each with the class of its request."""

    _micros: list[NDArray[np.int64]] = field(default_factory=list)
    _classes: list[NDArray[np.int8]] = field(default_factory=list)

    def add(self, batch: Batch, classes: NDArray[np.int64]) -> None:
        """Add the times of a batch."""
        timed = batch.micros >= 0
        if timed.any():
            self._micros.append(batch.micros[timed])
            self._classes.append(classes[timed].astype(np.int8))

    def columns(self) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
        """Microseconds and classes of all timed requests."""
        if not self._micros:
            return np.empty(0, np.int64), np.empty(0, np.int8)
        return np.concatenate(self._micros), np.concatenate(self._classes)

    def take(self, other: Times, unit: int) -> None:
        """Add another's times, which are in `unit` microseconds."""
        self._micros += [part * unit for part in other._micros]
        self._classes += other._classes


def classes_of(batch: Batch) -> NDArray[np.int64]:
    """The class of each request; status 1xx has become a WebSocket, whose time is that of the session."""
    classes = (batch.traits & KIND_MASK).astype(np.int64)
    classes[(batch.traits & HELD) != 0] = LONG_POLL
    classes[(batch.status >= 100) & (batch.status < 200)] = WEBSOCKET
    return classes


class Tally:
    """Everything that is counted over all logs of a site."""

    def __init__(self, *, cache_seconds: int = CACHE_SECONDS) -> None:
        self.methods = Methods()
        self.seconds, self.clients = Counts(), Clients()
        self.robot_seconds = Counts()
        """Requests of robots by second; they are among `seconds` too."""
        self.hour_classes = Counts()
        """Requests by hour, class and robot, as `HOUR_STEP` says."""
        self.pages = Pages(window_s=cache_seconds)
        self.sizes, self.times = Sizes(), Times()
        self.parsed = self.whole = self.static = self.text = self.bots = self.described = 0
        self.status: Counter[int] = Counter()
        self.method_counts: Counter[str] = Counter()
        self.offsets: set[bytes] = set()
        self.clients_named = False

    def add(self, batch: Batch, times: Times | None = None) -> None:
        """Count a batch; its response times go to `times` where their unit is not known yet."""
        if not batch.second.size:
            return
        classes = classes_of(batch)
        self.parsed += batch.second.size
        self.whole += int(np.count_nonzero(batch.whole))
        self._count_traits(batch)
        self.seconds.add(batch.second)
        robots = (batch.traits & BOT) != 0
        if robots.any():
            self.robot_seconds.add(batch.second[robots])
        self.hour_classes.add(batch.second // 3600 * HOUR_STEP + classes + robots * ROBOT)
        self.pages.add(batch)
        if batch.clients_named:
            self.clients_named = True
            self.clients.add(batch.client)
        self.sizes.add(batch, classes)
        (self.times if times is None else times).add(batch, classes)
        self._count_names(batch)
        self.offsets |= batch.offsets - {b""}

    def _count_traits(self, batch: Batch) -> None:
        self.static += int(np.count_nonzero(batch.traits & IN_FACTS))
        self.text += int(np.count_nonzero(batch.traits & TEXT))
        self.bots += int(np.count_nonzero(batch.traits & BOT))
        self.described += batch.second.size if batch.agents_told else 0

    def _count_names(self, batch: Batch) -> None:
        for status, count in enumerate(np.bincount(batch.status + 1).tolist(), start=-1):
            if count:
                self.status[status] += count
        for number, count in enumerate(np.bincount(batch.method).tolist()):
            if count and self.methods.names[number]:
                self.method_counts[self.methods.names[number]] += count
