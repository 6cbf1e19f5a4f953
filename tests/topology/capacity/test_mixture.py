"""Percentiles of mixtures, against samples drawn from them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topology.capacity.mixture import Part, mixture_mean, mixture_percentile
from topology.capacity.percentiles import response_percentile

NIGHT = Part(weight=0.2, mean=0.05, variance=0.003)
DAY = Part(weight=0.7, mean=0.09, variance=0.012)
RUSH = Part(weight=0.1, mean=0.8, variance=0.9)
EVEN = Part(weight=1.0, mean=0.2, variance=0.02)
parts = st.lists(
    st.builds(
        Part,
        weight=st.floats(0.01, 10),
        mean=st.floats(1e-4, 100),
        variance=st.floats(1e-9, 1e3),
    ),
    min_size=1,
    max_size=6,
)


def percentile(share: float, *of: Part, endless: float = 0.0) -> float:
    found = mixture_percentile(share, of, endless=endless)
    assert found is not None
    return found


@pytest.mark.parametrize("share", [0.01, 0.5, 0.95, 0.999])
def test_one_part_is_its_own_percentile(share: float) -> None:
    assert percentile(share, DAY) == pytest.approx(response_percentile(share, mean=0.09, variance=0.012), abs=1e-4)
    assert percentile(share, EVEN) == pytest.approx(response_percentile(share, mean=0.2, variance=0.02), rel=1e-7)


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_a_mixture_against_a_sample_of_it(share: float) -> None:
    random = np.random.default_rng(20)
    drawn = []
    for part in (NIGHT, DAY, RUSH):  # more varied than exponential, each: work times a pace
        pace = (part.variance / part.mean**2 - 1) / 2
        count = int(part.weight * 1_000_000)
        drawn.append(part.mean * random.exponential(size=count) * random.gamma(1 / pace, pace, count))

    assert percentile(share, NIGHT, DAY, RUSH) == pytest.approx(np.quantile(np.concatenate(drawn), share), rel=0.01)


def test_it_is_no_average_of_percentiles() -> None:
    day = Part(weight=0.9, mean=DAY.mean, variance=DAY.variance)
    average = 0.9 * percentile(0.99, DAY) + 0.1 * percentile(0.99, RUSH)

    mixed = percentile(0.99, day, RUSH)

    # A tenth of the slow tenth is slower than p99: that is its own p90, not a tenth of its p99.
    assert mixed == pytest.approx(percentile(0.9, RUSH), rel=0.01)
    assert mixed > average * 2


def test_weights_are_shares_whatever_their_sum() -> None:
    doubled = [Part(weight=2 * part.weight, mean=part.mean, variance=part.variance) for part in (NIGHT, DAY, RUSH)]

    assert percentile(0.95, *doubled) == pytest.approx(percentile(0.95, NIGHT, DAY, RUSH))
    assert mixture_mean(doubled) == pytest.approx(0.2 * 0.05 + 0.7 * 0.09 + 0.1 * 0.8)


def test_requests_without_an_end_leave_no_percentile_beyond_them() -> None:
    # A tenth has no end: the 81st of a hundred answered ones of 90 is the 90th part of what is answered.
    assert mixture_percentile(0.95, [DAY], endless=0.7 / 9) is None
    assert percentile(0.81, DAY, endless=0.7 / 9) == pytest.approx(percentile(0.9, DAY))
    assert mixture_percentile(0.5, [], endless=1) is None


def test_a_part_without_spread_is_a_step() -> None:
    fixed = Part(weight=0.5, mean=1.0, variance=0.0)
    later = Part(weight=0.5, mean=3.0, variance=0.0)

    assert percentile(0.4, fixed, later) == pytest.approx(1.0, rel=1e-6)
    assert percentile(0.6, fixed, later) == pytest.approx(3.0, rel=1e-6)


@given(of=parts, low=st.floats(0.01, 0.98), step=st.floats(0.001, 0.01))
def test_higher_shares_lie_higher_and_between_those_of_the_parts(of: list[Part], low: float, step: float) -> None:
    lower, higher = percentile(low, *of), percentile(low + step, *of)

    # Both are found by bisection in sums of fitted parts: shares a thousandth apart may change places by that much.
    assert lower <= higher * (1 + 5e-3)
    alone = [response_percentile(low, mean=part.mean, variance=part.variance) for part in of]
    assert min(alone) * (1 - 1e-3) <= lower <= max(alone) * (1 + 1e-3) + 1e-12
