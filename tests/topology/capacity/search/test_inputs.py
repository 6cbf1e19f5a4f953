"""Worlds of the uncertain inputs: stratified, seeded, and the same however they are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from topology.capacity.search.inputs import Input, at_share, expected, sample

SKEWED = Input(name="a", low=2, mid=12, high=60, basis="guess")
EXACT = Input(name="b", low=7, mid=7, high=7, basis="given")


def test_half_of_the_worlds_lie_on_each_side_of_what_is_expected() -> None:
    values = at_share(SKEWED, np.array([0.0, 0.25, 0.5, 0.75, 1.0]))

    assert values[[0, 2, 4]] == pytest.approx([2, 12, 60])
    assert 2 < values[1] < 12 < values[3] < 60


def test_each_input_has_one_world_in_each_of_as_many_equal_parts() -> None:
    strata = 32

    drawn = sample((SKEWED,), range(strata), strata=strata, seed=5)[:, 0]

    ends = at_share(SKEWED, np.linspace(0, 1, strata + 1))
    assert np.histogram(drawn, bins=ends)[0].tolist() == [1] * strata


def test_what_is_known_is_the_same_in_every_world() -> None:
    assert set(sample((SKEWED, EXACT), range(8), strata=8, seed=1)[:, 1]) == {7.0}
    assert expected((SKEWED, EXACT)).tolist() == [[12.0, 7.0]]


def test_worlds_drawn_in_pieces_are_those_drawn_at_once() -> None:
    whole = sample((SKEWED, SKEWED), range(24), strata=8, seed=3)

    pieces = [sample((SKEWED, SKEWED), part, strata=8, seed=3) for part in (range(5), range(5, 17), range(17, 24))]

    assert np.array_equal(np.concatenate(pieces), whole)


def test_another_seed_and_another_input_have_worlds_of_their_own() -> None:
    one, other = (sample((SKEWED, SKEWED), range(8), strata=8, seed=seed) for seed in (1, 2))

    assert not np.array_equal(one, other)
    assert not np.array_equal(one[:, 0], one[:, 1])
