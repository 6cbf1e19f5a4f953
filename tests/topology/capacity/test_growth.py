"""When traffic that grows meets a limit."""

from __future__ import annotations

import pytest

from topology.capacity.growth import months_until


def test_doubling_every_year() -> None:
    assert months_until(2, 1.0) == pytest.approx(12)
    assert months_until(8, 1.0) == pytest.approx(36)


def test_half_as_much_again_every_year() -> None:
    assert months_until(1.5**0.5, 0.5) == pytest.approx(6)


def test_what_is_met_already() -> None:
    assert months_until(0.8, 0.5) == 0


@pytest.mark.parametrize("growth", [0, -0.2, 0.001])
def test_what_is_not_in_sight(growth: float) -> None:
    assert months_until(3, growth) is None
