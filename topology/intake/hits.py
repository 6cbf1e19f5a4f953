"""One request of a log, as far as it is kept, and batches of them as columns of numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from topology.intake.requests import BOT, METHODS, Request, is_cacheable

NO_STATUS = -1
DASH = -1
"""The log writes `-` for the size: nothing was sent."""
NOT_LOGGED = -2
"""The log has no such column."""
LARGEST = 10**13
"""Sizes from 10 TB on are taken for garbage, so that the sum over a block cannot overflow 64 bits."""

_FNV_OFFSET, _FNV_PRIME, _U64 = 0xCBF29CE484222325, 0x100000001B3, 0xFFFFFFFFFFFFFFFF
_MIX = 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53
WINDOW_BITS = 24
"""Bits of a page's number that are nought, to be filled with a window of time."""

PathOf = Callable[[int, int], bytes]
"""The path of a page by its number and one of its rows; to be asked while the batch is being counted."""


class Miss(Enum):
    """Why a line gives no request."""

    FAILED = "a request line that cannot be read"
    OTHER = "no request line at all"


class Hit(NamedTuple):
    """A request. Client and path are reduced to a hash and flags before it is counted."""

    second: int
    """Local wall clock, seconds since 1970."""
    client: bytes | None
    """None where the log names no client."""
    request: Request
    status: int = NO_STATUS
    size: int = NOT_LOGGED
    micros: int = NOT_LOGGED
    """Response time in microseconds; NOT_LOGGED or DASH where there is none."""
    offset: bytes = b""
    """Offset from UTC as written."""
    bot: bool | None = None
    """Whether the client says that it is a robot; None where it is not logged."""


class Methods:
    """Numbers for method names; a hostile log cannot make more than a hundred."""

    MOST = 100

    def __init__(self) -> None:
        self.names = ["", *(name.decode() for name in METHODS)]
        self._numbers = {name: number for number, name in enumerate(self.names)}

    def number(self, name: str) -> int:
        """The number of a method, a new one for a new name."""
        if name not in self._numbers and len(self.names) >= self.MOST:
            name = "(others)"
        if name not in self._numbers:
            self._numbers[name] = len(self.names)
            self.names.append(name)
        return self._numbers[name]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Hits as columns of equal length."""

    second: NDArray[np.int64]
    client: NDArray[np.uint64]
    status: NDArray[np.int16]
    size: NDArray[np.int64]
    micros: NDArray[np.int64]
    traits: NDArray[np.uint8]
    method: NDArray[np.uint8]
    whole: NDArray[np.bool_]
    offsets: frozenset[bytes] = frozenset()
    clients_named: bool = True
    """Whether the log names clients at all."""
    agents_told: bool = False
    """Whether the log has the clients' descriptions of themselves."""
    page: NDArray[np.uint64]
    """Number of the page asked for where its answer might be kept in a cache, else 0."""
    path_of: PathOf


@dataclass(kw_only=True)
class Columns:
    """Collects hits one by one into a batch."""

    methods: Methods
    rows: list[tuple[int, int, int, int, int, int, int, bool, int]] = field(default_factory=list)
    paths: dict[int, bytes] = field(default_factory=dict)
    """Paths of pages by their numbers."""
    offsets: set[bytes] = field(default_factory=set)
    clients_named: bool = False
    agents_told: bool = False

    def append(self, hit: Hit) -> None:
        """Add a hit, forgetting who and what it was."""
        request = hit.request
        self.rows.append(
            (
                hit.second,
                0 if hit.client is None else client_hash(hit.client),
                hit.status,
                hit.size,
                hit.micros,
                request.traits | (BOT if hit.bot else 0),
                self.methods.number(request.method),
                request.whole,
                self._page(hit),
            )
        )
        self.offsets.add(hit.offset)
        self.clients_named = self.clients_named or hit.client is not None
        self.agents_told = self.agents_told or hit.bot is not None

    def _page(self, hit: Hit) -> int:
        if not is_cacheable(hit.request.method, hit.status, hit.request.traits):
            return 0
        number = page_number(hit.request.path)
        self.paths.setdefault(number, hit.request.path)
        return number

    def batch(self) -> Batch:
        """The columns so far."""
        columns: list[Any] = [list(column) for column in zip(*self.rows, strict=True)] or [[] for _ in range(9)]
        return Batch(
            second=np.array(columns[0], dtype=np.int64),
            client=np.array(columns[1], dtype=np.uint64),
            status=np.array(columns[2], dtype=np.int16),
            size=np.array(columns[3], dtype=np.int64),
            micros=np.array(columns[4], dtype=np.int64),
            traits=np.array(columns[5], dtype=np.uint8),
            method=np.array(columns[6], dtype=np.uint8),
            whole=np.array(columns[7], dtype=np.bool_),
            offsets=frozenset(self.offsets),
            clients_named=self.clients_named,
            agents_told=self.agents_told,
            page=np.array(columns[8], dtype=np.uint64),
            path_of=lambda number, row: self.paths[number],
        )


@lru_cache(maxsize=65_536)
def client_hash(client: bytes) -> int:
    """FNV-1a, 64 bits: two of 300,000 clients meet with a chance of 2e-9."""
    return _fnv(client)


@lru_cache(maxsize=65_536)
def page_number(path: bytes) -> int:
    """A number for a path, its low bits nought: two of 50,000 pages meet with a chance of one in 900.

    FNV-1a, and the last step of MurmurHash3 (Appleby, public domain), which spreads it evenly over all bits.
    """
    value = _fnv(path)
    for factor in _MIX:
        value = ((value ^ (value >> 33)) * factor) & _U64
    return (value ^ (value >> 33)) >> WINDOW_BITS << WINDOW_BITS


def _fnv(text: bytes) -> int:
    value = _FNV_OFFSET
    for byte in text:
        value = ((value ^ byte) * _FNV_PRIME) & _U64
    return value


def read_size(text: bytes) -> int | None:
    """A byte count of at most thirteen digits, DASH for `-`, None for anything else."""
    if text == b"-":
        return DASH
    return int(text) if text.isdigit() and len(text) <= 13 else None


def read_status(text: bytes) -> int | None:
    """Three digits, NO_STATUS for `-`, None for anything else."""
    if text == b"-":
        return NO_STATUS
    return int(text) if len(text) == 3 and text.isdigit() else None


def read_seconds(text: bytes, unit: int = 1_000_000) -> int:
    """Microseconds of a decimal number in seconds (or in `unit` microseconds); DASH where it is none."""
    whole, _, part = text.partition(b".")
    if not whole.isdigit() or len(whole) > 12 or (part and not part.isdigit()):
        return DASH
    return int(whole) * unit + int((part + b"000000")[:6]) * unit // 1_000_000
