"""Compiles the event loop ahead of its first use: `python -m topology.capacity.simulation.warm`, which set-up calls."""

from __future__ import annotations

import sys

from topology.capacity.simulation.model import Model, Serve, Station, Stream
from topology.capacity.simulation.steady import simulate


def warm() -> bool:
    """Compile, or load what is compiled already; False where numba is not to be had."""
    from topology.capacity.simulation.compiled import COMPILED

    page = Stream(name="page", rate=1.0, steps=(Serve(station="cpu", mean=0.5),))
    simulate(Model(streams=(page,), stations=(Station(name="cpu", servers=1),)), seed=1, most_requests=2_000)
    return COMPILED


def main() -> None:
    """Say what was done; the absence of numba is no fault, only slower."""
    if not warm():
        print("numba is not installed or not usable here: simulations take about fifty times as long.", file=sys.stderr)


if __name__ == "__main__":
    main()
