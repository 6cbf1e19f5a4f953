"""The response curve is that of the formulas it is drawn from, and bends where they bend."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest

from tests.topology.capacity.test_variations import design
from topology.capacity import Number, Variation, survey_varied
from topology.capacity.curves import Curve, curve_through
from topology.capacity.latency import Figure


def number(value: float, unit: str = "ms") -> Number:
    return Number(value=value, low=value, high=value, kind="approximate", unit=unit)


def queue(rate: float) -> Mapping[Figure, Number]:
    """M/M/1 with a service rate of 100: mean 1 / (100 - rate) seconds."""
    return {"mean": number(1000 / (100 - rate)), "p95": number(3000 / (100 - rate))}


def mm1() -> Curve:
    found = curve_through(queue, number(100, "1/s"))
    assert found is not None
    return found


def test_the_knee_of_a_single_queue_is_at_half_its_capacity() -> None:
    assert mm1().knee == pytest.approx(50, rel=0.02)  # Kleinrock 1979: rate / response is greatest at 1/2


def test_the_curve_rises_up_to_the_capacity() -> None:
    points = mm1().points

    assert [point.rate for point in points] == sorted(point.rate for point in points)
    assert points[-1].rate < 100
    assert all(one.mean.value < other.mean.value for one, other in itertools.pairwise(points))


def test_there_is_no_curve_without_a_capacity() -> None:
    assert curve_through(queue, number(0, "1/s")) is None
    assert curve_through(lambda rate: {}, number(100, "1/s")) is None


def test_rates_without_an_answer_are_left_out() -> None:
    found = curve_through(lambda rate: queue(rate) if rate < 60 else {}, number(100, "1/s"))

    assert found is not None
    assert found.points[-1].rate < 60


def test_the_curve_goes_through_the_forecast() -> None:
    now, curve = survey_varied(design(), Variation())
    assert curve is not None
    point = curve.points[4]
    there, _ = survey_varied(design(), Variation(traffic=point.rate / now.offered_rps))

    assert there.latency_ms["p95"].value == pytest.approx(point.p95.value, rel=1e-6)
    assert there.latency_ms["mean"].value == pytest.approx(point.mean.value, rel=1e-6)
