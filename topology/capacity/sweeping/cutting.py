"""Cuts a table of work into pieces: ranges of rows and ranges of columns that cover it once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from topology.errors import Place, TierwrightError


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of the table."""

    rows: range
    columns: range

    @property
    def size(self) -> int:
        """Cells."""
        return len(self.rows) * len(self.columns)


def cut(rows: int, columns: int, pieces: int) -> list[Piece]:
    """At most so many pieces, as equal as whole rows and columns allow; row by row.

    Columns are cut no less often than rows where there are as many. Raises TierwrightError for fewer than one piece.
    """
    if pieces < 1:
        raise TierwrightError("a sweep has at least one shard", place=Place(path="shards"))
    down, across = _grid(rows, columns, pieces)
    return [Piece(rows=r, columns=c) for r in _ranges(rows, down) for c in _ranges(columns, across)]


def _grid(rows: int, columns: int, pieces: int) -> tuple[int, int]:
    """As many pieces as fit, by the two factors that are nearest to each other."""
    for count in range(min(pieces, rows * columns), 0, -1):
        fitting = [
            (down, count // down)
            for down in range(1, min(rows, count) + 1)
            if count % down == 0 and count // down <= columns
        ]
        if fitting:
            return min(fitting, key=lambda pair: (abs(pair[0] - pair[1]), pair[0]))
    raise TierwrightError("there is nothing to sweep")


def _ranges(length: int, count: int) -> Iterator[range]:
    for number in range(count):
        yield range(length * number // count, length * (number + 1) // count)
