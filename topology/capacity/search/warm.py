"""Compiles the search ahead of its first use: `python -m topology.capacity.search.warm`, which set-up calls."""

from __future__ import annotations

import sys

import numpy as np


def warm() -> bool:
    """Compile, or load what is compiled already; False where numba is not to be had."""
    from topology.capacity.compiled import COMPILED
    from topology.capacity.screen import quantiles
    from topology.capacity.search import kernel

    one, found = np.array([0.5]), np.zeros((4, 1))
    whole = np.array([4], dtype=np.int64)
    kernel.stretches(one, 2, np.full(one.size, 2, dtype=np.int64), found[0], found[1])
    kernel.slots_held(one, whole, whole, one, one, one, np.zeros((kernel.ROWS, 6)), found)
    kernel.percentiles(one, one, quantiles.table(), found[0])
    return COMPILED


def main() -> None:
    """Say what was done; the absence of numba is no fault, only slower."""
    if not warm():
        print("numba is not installed or not usable here: a search takes about ten times as long.", file=sys.stderr)


if __name__ == "__main__":
    main()
