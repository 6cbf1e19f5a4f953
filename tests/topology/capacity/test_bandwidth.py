"""The network card: bytes against megabits."""

from __future__ import annotations

import pytest

from topology.capacity import bandwidth


def test_a_hundred_megabits_carry_twelve_and_a_half_megabytes() -> None:
    assert bandwidth.most_requests(12_500, 100) == pytest.approx(1000)


def test_what_sends_nothing_is_never_full() -> None:
    assert bandwidth.most_requests(0, 100) is None
