"""Availability against the closed forms of repairable systems."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topology.capacity.availability import Unit, k_of_n, series


def unit(**more: int) -> Unit:
    """Fails every 1,000 hours, repaired in four."""
    return Unit(name="unit", mtbf=1000, mttr=4, **more)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (unit(), 0.9960159),
        (unit(count=2), 0.9999841),
        (unit(count=3, needed=2), 0.9999525),
        (unit(count=2, crews=1), 0.9999683),
        (unit(count=3, needed=2, crews=1), 0.9999048),
    ],
)
def test_known_systems(one: Unit, expected: float) -> None:
    assert k_of_n(one) == pytest.approx(expected, abs=5e-8)


def test_three_in_series() -> None:
    assert series([unit()] * 3) == pytest.approx(0.9880954, abs=5e-8)


@given(count=st.integers(1, 12), mtbf=st.floats(1, 1e5), mttr=st.floats(0, 1e4))
def test_a_spare_never_hurts(count: int, mtbf: float, mttr: float) -> None:
    alone = k_of_n(Unit(name="tier", mtbf=mtbf, mttr=mttr, count=count, needed=count))
    spared = k_of_n(Unit(name="tier", mtbf=mtbf, mttr=mttr, count=count + 1, needed=count))

    assert 0 <= alone <= spared + 1e-12 <= 1 + 1e-9


@pytest.mark.parametrize("wrong", [unit(count=2, needed=3), unit(needed=0), Unit(name="unit", mtbf=0, mttr=1)])
def test_what_cannot_be_is_refused(wrong: Unit) -> None:
    with pytest.raises(ValueError, match="unit: times must be positive"):
        k_of_n(wrong)
