"""Compiles the screens ahead of their first use: `python -m topology.capacity.screen.warm`, which set-up calls."""

from __future__ import annotations

import sys

from topology.capacity.screen.open_network import open_tiers
from topology.capacity.screen.worker_pools import worker_and_pool


def warm() -> bool:
    """Compile, or load what is compiled already; False where numba is not to be had."""
    from topology.capacity.compiled import COMPILED

    open_tiers(1, hosts=[2], cores=[1], seconds=[0.1])
    worker_and_pool(
        1, hosts=2, cores=1, workers=2, cpu_seconds=0.1, calls=1, connections=1, database_cores=1, database_seconds=0.1
    )
    return COMPILED


def main() -> None:
    """Say what was done; the absence of numba is no fault, only slower."""
    if not warm():
        print(
            "numba is not installed or not usable here: a search takes about a hundred times as long.", file=sys.stderr
        )


if __name__ == "__main__":
    main()
