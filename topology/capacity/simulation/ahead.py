"""Compiles the event loop ahead of its first use, as set-up does: `python -m topology.capacity.simulation.ahead`."""

from __future__ import annotations

import sys

from topology.capacity.simulation import warm


def main() -> None:
    """Say what was done; the absence of numba is no fault, only slower."""
    if not warm():
        print("numba is not installed or not usable here: simulations take about fifty times as long.", file=sys.stderr)


if __name__ == "__main__":
    main()
