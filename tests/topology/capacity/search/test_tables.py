"""What an option of a tier does by itself: the availability of equal servers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from topology.capacity.availability import Unit, k_of_n
from topology.capacity.search.tables import pooled_availability

MTBF, REPAIR = 1000.0, 4.0


@pytest.mark.parametrize(
    ("servers", "load"), [(1, 0.4), (2, 0.7), (2, 1.2), (3, 1.0), (5, 3.4), (40, 30.0), (600, 400.5)]
)
def test_equal_servers_are_up_as_the_chain_of_failures_and_repairs_says(servers: int, load: float) -> None:
    found = pooled_availability(servers, np.array([load]), np.array([[1.0, MTBF, REPAIR, 1.0]]))

    unit = Unit(name="web", mtbf=MTBF, mttr=REPAIR, count=servers, needed=max(1, math.ceil(load)))
    assert found[0] == pytest.approx(k_of_n(unit), abs=1e-12)


def test_published_two_of_three() -> None:
    found = pooled_availability(3, np.array([1.5]), np.array([[1.0, 1000.0, 4.0, 1.0]]))

    assert found[0] == pytest.approx(0.9999525, abs=5e-8)  # MTBF 1000 h, MTTR 4 h: capacity textbooks' 2-of-3


def test_a_load_above_all_servers_needs_all_of_them() -> None:
    every = pooled_availability(3, np.array([9.0]), np.array([[1.0, 1000.0, 4.0, 1.0]]))

    assert every[0] == pytest.approx((1000 / 1004) ** 3)
