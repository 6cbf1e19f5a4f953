"""The scalability law against SciPy, and what it says where there is no peak."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares

from topology.capacity.scalability import Scalability, fit

loads = st.lists(st.integers(1, 300), min_size=4, max_size=12, unique=True)


def law(alpha: float, beta: float, gamma: float) -> Scalability:
    return Scalability(alpha=alpha, beta=beta, gamma=gamma, residual=0)


@settings(max_examples=25, deadline=None)
@given(
    loads=loads,
    alpha=st.floats(0, 0.9),
    beta=st.sampled_from([0, 1e-6, 1e-4, 1e-2]),
    gamma=st.floats(1e-3, 1e6),
)
def test_what_follows_the_law_is_found_again(loads: list[int], alpha: float, beta: float, gamma: float) -> None:
    true = law(alpha, beta, gamma)

    found = fit(loads, [true.throughput(load) for load in loads])

    assert found.residual <= (1e-6 * gamma * max(loads)) ** 2
    for load in loads:
        assert found.throughput(load) == pytest.approx(true.throughput(load), rel=1e-5)


@settings(max_examples=15, deadline=None)
@given(loads=loads, beta=st.sampled_from([0, 1e-4]), seed=st.integers(0, 10_000))
def test_no_bounded_fit_is_closer(loads: list[int], beta: float, seed: int) -> None:
    x = np.array(sorted(loads), dtype=float)
    noise = np.exp(np.random.default_rng(seed).normal(0, 0.1, len(x)))
    y = np.array([law(0.05, beta, 10).throughput(load) for load in x]) * noise
    start = [10.0, 0.05, beta + 1e-9]

    other = least_squares(
        lambda p: p[0] * x / (1 + p[1] * (x - 1) + p[2] * x * (x - 1)) - y,
        start,
        bounds=([0, 0, 0], np.inf),
        x_scale=[10, 0.1, 1e-3],
    )

    found = fit(x.tolist(), y.tolist())
    assert found.residual <= 2 * other.cost * (1 + 1e-6) + 1e-12
    assert min(found.alpha, found.beta) >= 0


@settings(max_examples=10, deadline=None)
@given(factor=st.floats(1e-6, 1e6))
def test_the_unit_of_throughput_does_not_matter(factor: float) -> None:
    x, y = [1, 18, 36, 72, 108, 144, 216], [64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2]

    found = fit(x, [value * factor for value in y])

    assert (found.alpha, found.beta) == pytest.approx((0.0277285, 0.000104365), rel=1e-5)
    assert found.gamma == pytest.approx(89.99523 * factor, rel=1e-6)


def test_the_peak_and_where_there_is_none() -> None:
    assert law(0.02, 0.0005, 100).peak_load == pytest.approx(math.sqrt(0.98 / 0.0005))
    assert law(0.1, 0, 100).peak_load is None
    assert law(0.1, 0, 100).limit == pytest.approx(1000)
    assert (law(0, 0, 100).peak_load, law(0, 0, 100).limit) == (None, None)
    assert law(1.5, 0.1, 100).peak_load is None


def test_straight_growth_has_neither_contention_nor_coherency() -> None:
    found = fit([1, 2, 3, 4], [5, 10, 15, 20])

    assert (found.alpha, found.beta) == (0, 0)
    assert found.gamma == pytest.approx(5)


@pytest.mark.parametrize(
    ("loads", "throughputs"), [([1, 2], [1, 2]), ([1, 2, 3], [1, 2]), ([0, 1, 2], [1, 2, 3]), ([1, 2, 3], [0, 0, 0])]
)
def test_too_little_is_refused(loads: list[float], throughputs: list[float]) -> None:
    with pytest.raises(ValueError, match=r"must|need"):
        fit(loads, throughputs)
