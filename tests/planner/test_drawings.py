"""A drawing on a page: drawn once, and scrolled sideways rather than made too small to read."""

from __future__ import annotations

import pytest

from planner.drawings import drawn
from tests.builders import newspaper
from topology.design import Design
from topology.diagrams import draw


def servers(count: int) -> Design:
    tiers = [{"name": "web", "servers": {"count": count, "type": "small"}, "roles": ["nginx", "gunicorn", "memcached"]}]
    return newspaper(tiers=tiers)


@pytest.mark.parametrize(("count", "wide"), [(1, False), (6, True)])
def test_only_a_drawing_of_many_servers_in_a_row_is_wide(count: int, wide: bool) -> None:
    assert drawn(draw(servers(count))).is_wide is wide


def test_the_same_drawing_is_drawn_once() -> None:
    assert drawn(draw(servers(2))) is drawn(draw(servers(2)))
