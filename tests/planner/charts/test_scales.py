"""Scales put values in their place, and curves stay between the places they go through."""

from __future__ import annotations

import re

import pytest

from planner.charts.scales import Scale, path_of, smooth_path_of


@pytest.mark.parametrize(("value", "place"), [(0, 100), (50, 60), (100, 20), (250, 20), (-5, 100)])
def test_a_value_has_its_place_and_stays_in_the_drawing(value: float, place: float) -> None:
    assert Scale(most=100, start=100, end=20).place(value) == place


def test_ticks_are_round_and_inside() -> None:
    assert Scale(most=1113, start=0, end=1).ticks(6) == (0, 200, 400, 600, 800, 1000)
    assert Scale(most=0.4, start=0, end=1).ticks(4) == pytest.approx((0, 0.1, 0.2, 0.3, 0.4))


def test_paths_go_through_their_places() -> None:
    assert path_of([(0, 1), (2, 3.5)]) == "M0 1L2 3.5"
    assert path_of([(0, 1), (2, 3), (4, 0)], close=True) == "M0 1L2 3L4 0Z"
    assert smooth_path_of([(0, 1), (2, 3)]) == "M0 1L2 3"


def test_a_smooth_curve_never_overshoots() -> None:
    places = [(0.0, 10.0), (10.0, 10.0), (20.0, 50.0), (30.0, 50.0), (40.0, 0.0)]

    heights = [float(y) for y in re.findall(r"[0-9.]+ ([0-9.]+)", smooth_path_of(places))]

    assert 0 <= min(heights) <= max(heights) <= 50
