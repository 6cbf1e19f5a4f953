"""One forecast of plans of 10 to 10,000 servers in the same six tiers, against that of ten, in the same run."""

from __future__ import annotations

from tests.benchmarks.forecast_growth import cpu_of, design_of
from tests.evidence import Cell, Evidence
from topology.capacity.folding import fold

ISSUE = 2
SIZES = (10, 100, 1000, 10_000)


def measure() -> Evidence:
    """Each size as a count and as a list of names; the least CPU of fifteen forecasts counts."""
    least = cpu_of(design_of(SIZES[0]), times=15)
    rows = tuple(_row(size, least, listed=listed) for listed in (False, True) for size in SIZES)
    return Evidence(
        title="A forecast, from ten servers to ten thousand",
        command="bin/evidence 2 --only forecast_growth",
        passed=all(isinstance(row[4], float) and row[4] < 3 for row in rows if row[1] == "counted"),
        columns=("servers", "written as", "worked out one by one", "CPU ms", "times ten servers"),
        rows=rows,
        text=(
            "Of equal servers the first and one that stands for the rest are worked out. A plan that lists each"
            " server by name is read through once to see which are equal, and its digest is taken of the whole text:"
            " that part grows with the servers."
        ),
    )


def _row(size: int, least: float, *, listed: bool) -> tuple[Cell, ...]:
    design = design_of(size, listed=listed)
    seconds = cpu_of(design, times=15)
    small = len(fold(design).design.hosts)
    return (size, "listed" if listed else "counted", small, round(seconds * 1000, 2), round(seconds / least, 2))
