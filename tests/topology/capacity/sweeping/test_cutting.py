"""A cut covers every cell once, in about equal pieces."""

from __future__ import annotations

import numpy as np
import pytest

from topology.capacity.sweeping.cutting import cut
from topology.errors import TierwrightError


@pytest.mark.parametrize(("rows", "columns"), [(10_000, 256), (1, 5), (5, 1), (7, 3), (1, 1)])
@pytest.mark.parametrize("pieces", [1, 2, 4, 7, 16, 1000])
def test_every_cell_is_in_one_piece(rows: int, columns: int, pieces: int) -> None:
    found = cut(rows, columns, pieces)

    covered = np.zeros((rows, columns), dtype=int)
    for piece in found:
        covered[piece.rows.start : piece.rows.stop, piece.columns.start : piece.columns.stop] += 1
    assert (covered == 1).all()
    assert len(found) <= min(pieces, rows * columns)


def test_pieces_are_as_many_as_asked_and_of_one_size_where_they_can_be() -> None:
    assert [piece.size for piece in cut(10_000, 256, 16)] == [160_000] * 16


def test_no_pieces_are_refused() -> None:
    with pytest.raises(TierwrightError, match="shards: a sweep has at least one shard"):
        cut(10, 10, 0)
