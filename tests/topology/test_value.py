"""Tests of the arithmetic of estimates: ranges and doubt are carried along."""

from __future__ import annotations

import pytest

from topology.value import Basis, Estimate


def figure(low: float, mid: float, high: float, basis: Basis = "given", source: str = "") -> Estimate:
    return Estimate(low=low, mid=mid, high=high, basis=basis, source=source)


def test_a_product_multiplies_the_ends_of_both_ranges() -> None:
    product = figure(1, 2, 3).times(figure(10, 20, 30))

    assert (product.low, product.mid, product.high) == (10, 40, 90)


def test_a_sum_adds_the_ends_of_both_ranges() -> None:
    total = figure(1, 2, 3).plus(figure(10, 20, 30))

    assert (total.low, total.mid, total.high) == (11, 22, 33)


def test_what_a_share_leaves_turns_its_range_round() -> None:
    left = figure(0.2, 0.5, 0.9).rest()

    assert (left.low, left.mid, left.high) == pytest.approx((0.1, 0.5, 0.8))


def test_a_result_is_as_doubtful_as_the_more_doubtful_figure_and_names_both_sources() -> None:
    seen = figure(1, 1, 1, basis="measured", source="the log")
    thought = figure(1, 1, 1, basis="guess", source="a hunch")

    product = seen.times(thought)

    assert product.basis == "guess"
    assert product.source == "the log; a hunch"
