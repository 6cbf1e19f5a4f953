"""The table of percentiles against the exact ones."""

from __future__ import annotations

import numpy as np
import pytest

from topology.capacity.percentiles import gamma_percentile
from topology.capacity.screen.quantiles import SHARES, read, read_skewed, table

VARIATIONS = [0.011, 0.1, 0.333, 0.5, 0.77, 0.999]


@pytest.mark.parametrize("variation", VARIATIONS)
@pytest.mark.parametrize("column", range(3))
def test_up_to_an_exponential_a_response_is_gamma_distributed(variation: float, column: int) -> None:
    exact = gamma_percentile(SHARES[column], mean=2.0, variance=4 * variation**2)

    assert read(table(), 2.0, 4 * variation**2, column) == pytest.approx(exact, abs=3e-3 * 2)


@pytest.mark.parametrize("scv", [1.05, 1.5, 2.0, 3.0, 6.0])
@pytest.mark.parametrize("column", range(3))
def test_beyond_it_is_exponential_work_at_a_gamma_pace(scv: float, column: int) -> None:
    # P(XS > x) = 2 (x/v)^(a/2) K_a(2 sqrt(x/v)) / Gamma(a), with v the variance of the pace and a = 1/v.
    special = pytest.importorskip("scipy.special")
    pace = (scv - 1) / 2
    shape = 1 / pace

    found = read(table(), 1.0, scv, column)

    order, argument = shape, 2 * np.sqrt(found / pace)
    beyond = np.exp(
        np.log(2) + shape / 2 * np.log(found / pace) - special.gammaln(shape)
        + np.log(special.kve(order, argument)) - argument
    )  # fmt: skip
    assert beyond == pytest.approx(1 - SHARES[column], rel=0.005)


def test_a_skewed_one_with_the_skewness_of_a_gamma_is_that_gamma() -> None:
    # Third central moment 2 variance^2 / mean.
    for variance in (0.05, 0.25, 1.0, 2.0):
        exact = gamma_percentile(0.95, mean=1.0, variance=variance)

        assert read_skewed(table(), 1.0, variance, 2 * variance**2, 1) == pytest.approx(exact, abs=1e-3)


def test_no_time_has_no_percentiles() -> None:
    assert read(table(), 0.0, 0.0, 1) == read_skewed(table(), 0.0, 0.0, 0.0, 1) == 0.0


def test_a_fixed_time_is_every_percentile() -> None:
    assert read(table(), 3.0, 0.0, 2) == pytest.approx(3.0, rel=1e-3)
