"""Drawing 1,000 servers, from the design to the SVG, against bare `dot` on the same DOT in the same run."""

from __future__ import annotations

from tests.benchmarks.draw_speed import cluster_of, cost_of
from tests.evidence import Cell, Evidence
from topology.components import resolve
from topology.diagrams import draw

ISSUE = 1
SIZES = (10, 100, 1000)


def measure() -> Evidence:
    """Each size three times, the least CPU counts."""
    rows = tuple(_row(size) for size in SIZES)
    return Evidence(
        title="Drawing against bare Graphviz",
        command="bin/evidence 1 --only draw_speed",
        passed=all(isinstance(row[2], int) and row[2] <= 60 for row in rows),
        columns=("servers", "edges of the design", "boxes drawn", "ours CPU s", "bare dot CPU s", "times bare dot"),
        rows=rows,
        text=(
            "Ours is everything: resolving the design, its edges, the picture, the DOT, `dot` itself, and the classes"
            " of the SVG. A run of equal servers is one box, so that `dot` never sees a thousand nodes; what grows"
            " with the servers is the design's own edges, each web server to each cache."
        ),
    )


def _row(size: int) -> tuple[Cell, ...]:
    design = cluster_of(size)
    cost = cost_of(design)
    boxes = sum(len(group.boxes) for group in draw(design).picture.groups)
    return (len(design.hosts), len(resolve(design).edges), boxes, round(cost.ours, 3), round(cost.bare, 3), cost.times)
