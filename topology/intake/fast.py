"""Blocks of common and combined lines through the compiled scanner, where there is one and the log is large."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from topology.intake.format import Layout
from topology.intake.hits import Batch
from topology.intake.requests import BOT

if TYPE_CHECKING:
    from types import ModuleType

WORTHWHILE_BYTES = 12 << 20
"""Loading numba costs about as much CPU as reading this much with regular expressions."""
_COLUMNS = 10


def scanner() -> ModuleType | None:
    """The compiled scanner, or None where numba is not installed, not usable, or switched off."""
    if os.environ.get("TIERWRIGHT_NO_NUMBA"):
        return None
    try:
        from topology.intake import scanner
    except ImportError:
        return None
    return scanner


@dataclass(frozen=True, kw_only=True)
class FastBlock:
    """What the scanner made of a block."""

    hits: Batch
    left: list[bytes]
    """Lines that it leaves to the reader of the format."""
    blank: int
    lines: int


class FastBlocks:
    """Reads the blocks of one log."""

    def __init__(self, module: ModuleType, layout: Layout) -> None:
        from topology.intake.compiled import TABLES

        self._module, self._tables = module, TABLES
        self._agents_told = layout.agent_token >= 0
        self._wanted = np.array([layout.agent_token, layout.time_token, layout.raw_times], dtype=np.int64)

    def read(self, block: memoryview) -> FastBlock:
        """Read a block that ends in a newline."""
        data = np.frombuffer(block, dtype=np.uint8)
        ends = np.flatnonzero(data == 10)
        columns = np.empty((_COLUMNS, ends.size), dtype=np.int64)
        clients = np.empty(ends.size, dtype=np.uint64)
        pages = np.empty(ends.size, dtype=np.uint64)
        unsure = np.empty(ends.size, dtype=np.int64)
        hits, left, blank = self._module.scan(data, ends, self._wanted, self._tables, columns, clients, pages, unsure)
        return FastBlock(
            hits=_batch(block, columns[:, :hits], clients[:hits], pages[:hits], agents_told=self._agents_told),
            left=_lines(block, ends, unsure[:left]),
            blank=blank,
            lines=int(ends.size),
        )


def _lines(block: memoryview, ends: NDArray[np.int64], numbers: NDArray[np.int64]) -> list[bytes]:
    begins = np.where(numbers > 0, ends[numbers - 1] + 1, 0).tolist()
    return [bytes(block[begin:end]) for begin, end in zip(begins, ends[numbers].tolist(), strict=True)]


def _batch(
    block: memoryview,
    columns: NDArray[np.int64],
    clients: NDArray[np.uint64],
    pages: NDArray[np.uint64],
    *,
    agents_told: bool,
) -> Batch:
    return Batch(
        second=columns[0],
        client=clients,
        status=columns[2].astype(np.int16),
        size=columns[3],
        micros=columns[6],
        traits=(columns[4] | columns[5] * BOT).astype(np.uint8),
        method=columns[1].astype(np.uint8),
        whole=np.ones(clients.size, dtype=np.bool_),
        offsets=_offsets(columns[7]),
        agents_told=agents_told,
        page=pages,
        path_of=lambda number, row: bytes(block[columns[8, row] : columns[9, row]]),
    )


def _offsets(numbers: NDArray[np.int64]) -> frozenset[bytes]:
    if not numbers.size:
        return frozenset()
    least, most = int(numbers.min()), int(numbers.max())
    different = [least] if least == most else np.unique(numbers).tolist()
    return frozenset(b"%c%04d" % (b"-" if number >= 10_000 else b"+", number % 10_000) for number in different)
