"""Percentiles of the gamma distribution against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topology.capacity.percentiles import (
    gamma_percentile,
    gamma_share,
    paced_percentiles,
    response_percentile,
    response_share,
)


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_an_exponential_response(share: float) -> None:
    assert gamma_percentile(share, mean=4, variance=16) == pytest.approx(-4 * math.log(1 - share))


def test_the_sum_of_two_exponentials() -> None:
    # Erlang of two phases: P(T <= t) = 1 - exp(-t)(1 + t).
    time = gamma_percentile(0.95, mean=2, variance=2)

    assert 1 - math.exp(-time) * (1 + time) == pytest.approx(0.95)


@pytest.mark.parametrize(("degrees", "expected"), [(1, 3.841), (2, 5.991), (10, 18.307), (100, 124.342)])
def test_published_chi_square_values(degrees: int, expected: float) -> None:
    # A chi-square variable has the mean of its degrees and twice that as variance.
    assert gamma_percentile(0.95, mean=degrees, variance=2 * degrees) == pytest.approx(expected, abs=5e-4)


@given(
    share=st.floats(min_value=0.001, max_value=0.9999),
    mean=st.floats(min_value=1e-4, max_value=1e3),
    shape=st.floats(min_value=0.03, max_value=1e4),
)
def test_the_percentile_is_the_inverse_of_the_share(share: float, mean: float, shape: float) -> None:
    value = gamma_percentile(share, mean=mean, variance=mean * mean / shape)

    assert gamma_share(value * shape / mean, shape) == pytest.approx(share, abs=1e-7)


def test_a_spread_beyond_all_measure_is_answered() -> None:
    assert gamma_percentile(0.01, mean=1, variance=1e5) == pytest.approx(0, abs=1e-9)


def test_without_spread_every_percentile_is_the_mean() -> None:
    assert gamma_percentile(0.99, mean=3, variance=0) == 3
    assert gamma_percentile(0.99, mean=0, variance=0) == 0
    assert gamma_share(0, 2) == 0


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
@pytest.mark.parametrize("scv", [1.0001, 1.3, 2.0, 2.9, 7.7, 15.9])
def test_the_table_of_paced_work_is_the_exact_percentile(share: float, scv: float) -> None:
    exact = float(paced_percentiles(share, np.array([(scv - 1) / 2]))[0])

    assert response_percentile(share, mean=3.0, variance=9.0 * scv) == pytest.approx(3 * exact, abs=3e-3)


def test_a_response_is_gamma_up_to_an_exponential_and_continues_from_there() -> None:
    for share in (0.5, 0.95, 0.99):
        below = response_percentile(share, mean=1.0, variance=1.0)
        beyond = response_percentile(share, mean=1.0, variance=1.0001)

        assert below == pytest.approx(-math.log(1 - share), rel=1e-9)
        assert beyond == pytest.approx(below, rel=1e-3)


@pytest.mark.parametrize("variance", [0.2, 1.0, 1.7, 6.0])
def test_shares_and_percentiles_are_each_others_inverse(variance: float) -> None:
    for share in (0.2, 0.5, 0.95, 0.99):
        value = response_percentile(share, mean=1.0, variance=variance)

        assert response_share(value, mean=1.0, variance=variance) == pytest.approx(share, abs=1e-4)


def test_beyond_the_table_nothing_grows() -> None:
    assert response_percentile(0.95, mean=1.0, variance=16.0) == response_percentile(0.95, mean=1.0, variance=400.0)
