"""A reduction of the benchmark of drawing: a hundred servers are few boxes, and the ratio is on record."""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.draw_speed import cluster_of, cost_of
from topology.diagrams import draw


def test_a_hundred_servers_are_a_few_boxes(record_testsuite_property: Callable[[str, object], None]) -> None:
    design = cluster_of(100)

    picture = draw(design).picture

    assert sum(box.count for group in picture.groups for box in group.boxes) == len(design.hosts)
    assert sum(len(group.boxes) for group in picture.groups) <= 20
    record_testsuite_property("times_bare_dot", round(cost_of(design).times, 1))
