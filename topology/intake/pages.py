"""Which pages are asked for how often, and in how many windows of time: what a cache in front of them would save.

Memory is bounded: past 100,000 different pages only the 50,000 most wanted are kept, and past a million pairs of page
and window a sample of them, drawn by their own number, so that the order in which logs are read changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from topology.intake.hits import WINDOW_BITS, Batch, PathOf

MOST_PAGES = 50_000
MOST_PAIRS = 1 << 20
LEAST = 1 << 14
"""The smallest page numbers that are kept to estimate how many there are (Bar-Yossef et al. 2002): within 1.6 %."""
LONGEST_PATH = 400
SLOW_MICROS = 4_500_000
"""Longer responses are not counted: from here on timers, not work, tend to end them."""
CACHE_SECONDS = 60
"""How long a cache is taken to keep an answer, unless something else is asked for."""

_WINDOW, _LARGEST = np.uint64((1 << WINDOW_BITS) - 1), np.uint64(2**64 - 1)
_SEEN_BITS = 22
_ODD, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(40)
_HITS, _BYTES, _MICROS, _TIMED = range(4)

Numbers = NDArray[np.uint64]
Sums = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class PageCounts:
    """Pages as columns of equal length."""

    number: Numbers
    hits: Sums
    sizes: Sums
    """Bytes of all its answers."""
    micros: Sums
    """Response times, those of 4.5 s and more left out."""
    timed: Sums
    """How many response times these are."""
    shared: NDArray[np.bool_]
    """Whether more than one client asked for it."""
    windows: NDArray[np.float64]
    """Windows of time in which it was asked for; an estimate where `sampled` is above 1."""
    distinct: float
    """How many different pages there are; an estimate where `dropped` is above 0."""
    dropped: int
    """A page may lack up to this many of its hits, since so many different ones were asked for."""
    sampled: int
    """One pair of page and window in so many was kept."""


@dataclass
class Pages:
    """Counts pages over all logs."""

    window_s: int = CACHE_SECONDS
    texts: dict[int, bytes] = field(default_factory=dict)
    """Paths of the pages that were asked for more than once."""
    dropped: int = 0
    _numbers: list[Numbers] = field(default_factory=list)
    _sums: list[Sums] = field(default_factory=list)
    _clients: list[Numbers] = field(default_factory=list)
    """Smallest and largest digest of the clients that asked for each page."""
    _pairs: list[Numbers] = field(default_factory=list)
    _least: list[Numbers] = field(default_factory=list)
    _bar: np.uint64 = _LARGEST
    """Numbers from here on are not among the smallest."""
    _sampling: int = 0
    _counted: PageCounts | None = None
    _seen: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(1 << _SEEN_BITS, dtype=np.uint8))

    def add(self, batch: Batch) -> None:
        """Add the pages of a batch."""
        rows = np.flatnonzero(batch.page)
        if not rows.size:
            return
        self._counted = None
        pairs = batch.page[rows] | ((batch.second[rows] // self.window_s).astype(np.uint64) & _WINDOW)
        order = np.argsort(pairs)
        pairs, rows = pairs[order], rows[order]
        numbers = pairs & ~_WINDOW
        starts = _starts(numbers)
        sums = np.add.reduceat(_columns(batch, rows), starts, axis=1)
        self._keep_texts(numbers[starts], sums[_HITS], rows[starts], batch.path_of)
        self._numbers.append(numbers[starts])
        self._sums.append(sums)
        self._clients.append(_ends(batch.client[rows], batch.client[rows], starts))
        self._pairs.append(self._sample(pairs[_starts(pairs)]))
        self._least.append(self._numbers[-1][self._numbers[-1] < self._bar])
        self._settle()

    def forget_times(self) -> None:
        """Count no response times: their unit could not be told."""
        self._counted = None
        for sums in self._sums:
            sums[_MICROS:] = 0

    def counts(self) -> PageCounts:
        """All pages, in rising order of their numbers."""
        if self._counted is None:
            self._counted = self._count()
        return self._counted

    def _count(self) -> PageCounts:
        numbers, pairs = self._merge_pages(), self._merge_pairs()
        sums = self._sums[0] if self._sums else np.zeros((4, 0), dtype=np.int64)
        clients = self._clients[0] if self._clients else np.zeros((2, 0), dtype=np.uint64)
        found = pairs & ~_WINDOW
        windows = _counted_at(numbers, found)
        return PageCounts(
            number=numbers,
            hits=sums[_HITS],
            sizes=sums[_BYTES],
            micros=sums[_MICROS],
            timed=sums[_TIMED],
            shared=clients[0] != clients[1],
            # One window at least, and never more than there are hits.
            windows=np.clip(windows.astype(np.float64) * (1 << self._sampling), 1, sums[_HITS]),
            distinct=self._distinct(numbers.size),
            dropped=self.dropped,
            sampled=1 << self._sampling,
        )

    def hours(self, numbers: Sequence[int]) -> int:
        """In how many different hours any of these pages was asked for, as far as the kept pairs tell."""
        pairs, found = self._merge_pairs(), set[int]()
        for number in numbers:
            low = np.searchsorted(pairs, np.uint64(number), side="left")
            high = np.searchsorted(pairs, np.uint64(number) | _WINDOW, side="right")
            windows = (pairs[low:high] & _WINDOW).astype(np.int64)
            found.update(np.unique(windows * self.window_s // 3600).tolist())
        return len(found)

    def _keep_texts(self, numbers: Numbers, hits: Sums, rows: NDArray[np.int64], path_of: PathOf) -> None:
        """Keep the paths of pages that come again; one asked for once saves nothing, and most of a scan is such."""
        slots = (numbers >> np.uint64(64 - _SEEN_BITS)).astype(np.int64)
        again = np.flatnonzero((hits > 1) | (self._seen[slots] != 0))
        self._seen[slots] = 1
        for number, row in zip(numbers[again].tolist(), rows[again].tolist(), strict=True):
            if number not in self.texts:
                self.texts[number] = path_of(number, row)[:LONGEST_PATH]

    def _sample(self, pairs: Numbers) -> Numbers:
        if not self._sampling:
            return pairs
        kept: NDArray[np.bool_] = (pairs * _ODD >> _SHIFT) & np.uint64((1 << self._sampling) - 1) == 0
        return pairs[kept]

    def _settle(self) -> None:
        """Merge what has gathered before it grows large."""
        if _waiting(self._numbers) > 2 * MOST_PAGES:
            self._merge_pages()
        if _waiting(self._pairs) > MOST_PAIRS:
            self._merge_pairs()
        if _waiting(self._least) > 2 * LEAST:
            self._merge_least()

    def _merge_pages(self) -> Numbers:
        if len(self._numbers) > 1:
            every, sums = np.concatenate(self._numbers), np.concatenate(self._sums, axis=1)
            order = np.argsort(every, kind="stable")
            every = every[order]
            starts = _starts(every)
            self._numbers = [every[starts]]
            self._sums = [np.add.reduceat(sums[:, order], starts, axis=1)]
            least, most = np.concatenate(self._clients, axis=1)[:, order]
            self._clients = [_ends(least, most, starts)]
        numbers = self._numbers[0] if self._numbers else np.empty(0, dtype=np.uint64)
        if numbers.size > 2 * MOST_PAGES:
            self._prune()
            numbers = self._numbers[0]
        return numbers

    def _prune(self) -> None:
        """Keep the most wanted pages; of two that are level, the one with the smaller number."""
        numbers, sums = self._numbers[0], self._sums[0]
        order = np.lexsort((numbers, -sums[_HITS]))
        self.dropped += int(sums[_HITS][order[MOST_PAGES]])
        kept = np.sort(order[:MOST_PAGES])
        self._numbers, self._sums, self._clients = [numbers[kept]], [sums[:, kept]], [self._clients[0][:, kept]]
        held = set(self._numbers[0].tolist())
        self.texts = {number: path for number, path in self.texts.items() if number in held}
        pairs = self._merge_pairs()
        held_at = np.searchsorted(self._numbers[0], pairs & ~_WINDOW).clip(max=MOST_PAGES - 1)
        self._pairs = [pairs[self._numbers[0][held_at] == pairs & ~_WINDOW]]

    def _merge_pairs(self) -> Numbers:
        if len(self._pairs) > 1:
            every = np.sort(np.concatenate(self._pairs))
            self._pairs = [every[_starts(every)]]
        while self._pairs and self._pairs[0].size > MOST_PAIRS:
            self._sampling += 1
            self._pairs = [self._sample(self._pairs[0])]
        return self._pairs[0] if self._pairs else np.empty(0, dtype=np.uint64)

    def _merge_least(self) -> Numbers:
        every = np.sort(np.concatenate(self._least))
        self._least = [every[_starts(every)][:LEAST]]
        if self._least[0].size == LEAST:
            self._bar = self._least[0][-1]
        return self._least[0]

    def _distinct(self, kept: int) -> float:
        if not self.dropped:
            return float(kept)
        least = self._merge_least()
        return (least.size - 1) / (float(least[-1]) / 2.0**64)


def _columns(batch: Batch, rows: NDArray[np.int64]) -> Sums:
    micros = batch.micros[rows]
    timed = (micros >= 0) & (micros < SLOW_MICROS)
    ones = np.ones(rows.size, dtype=np.int64)
    return np.stack((ones, np.maximum(batch.size[rows], 0), np.where(timed, micros, 0), timed.astype(np.int64)))


def _ends(least: Numbers, most: Numbers, starts: NDArray[np.int64]) -> Numbers:
    """The smallest and the largest of each group."""
    return np.stack((np.minimum.reduceat(least, starts), np.maximum.reduceat(most, starts)))


def _counted_at(numbers: Numbers, found: Numbers) -> Sums:
    """How often each of the rising `numbers` is among the rising `found`, which holds no others."""
    counted = np.zeros(numbers.size, dtype=np.int64)
    if found.size:
        starts = _starts(found)
        different = np.diff(np.append(starts, found.size))
        # Unless pairs were sampled, every page has one: looking for places would cost more than all the rest.
        counted[slice(None) if starts.size == numbers.size else np.searchsorted(numbers, found[starts])] = different
    return counted


def _starts(values: Numbers) -> NDArray[np.int64]:
    """Where a new value begins in a rising array that is not empty."""
    return np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))


def _waiting(parts: list[Numbers]) -> int:
    """How much has gathered behind what is merged, if that is worth a merge."""
    gathered = sum(part.size for part in parts[1:])
    return gathered if len(parts) > 1 else 0
