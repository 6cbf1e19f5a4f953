"""What may be promised, and how far something is from it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.topology.capacity.search.cases import objective
from topology.capacity import Measures
from topology.capacity.search.objective import holds, margins
from topology.errors import TierwrightError


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"p95_ms": 0}, "p95_ms"),
        ({"p95_ms": -5}, "p95_ms"),
        ({"p95_ms": math.nan}, "p95_ms"),
        ({"p95_ms": math.inf}, "p95_ms"),
        ({"availability": 0}, "availability"),
        ({"availability": 1.0}, "availability"),
        ({"availability": math.nan}, "availability"),
        ({"headroom": 1}, "headroom"),
        ({"headroom": -0.1}, "headroom"),
        ({"headroom": math.nan}, "headroom"),
        ({"budget": 0}, "budget"),
        ({"budget": math.inf}, "budget"),
        ({"refused": 1}, "refused"),
        ({"currency": "dollars"}, "currency"),
    ],
)
def test_what_cannot_be_promised_is_refused_with_a_sentence(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(TierwrightError) as caught:
        objective(**changes)

    assert caught.value.place.path == place
    assert len(caught.value.sentence.split()) > 4


def test_a_margin_is_the_logarithm_of_the_factor_that_is_left() -> None:
    found = margins(_measures(p95_ms=150, availability=0.999, used=0.35, dead=0.5, cost=50), objective(budget=100))

    assert {name: round(float(np.exp(value[0])), 6) for name, value in found.items()} == {
        "p95_ms": 2.0,
        "availability": 2.0,
        "headroom": 2.0,
        "refused": 2.0,
        "budget": 2.0,
    }


@pytest.mark.parametrize(
    "worse", [{"p95_ms": 301}, {"availability": 0.9979}, {"used": 0.71}, {"dead": 1.01}, {"cost": 101}]
)
def test_one_broken_constraint_is_enough(worse: dict[str, float]) -> None:
    fine = {"p95_ms": 300.0, "availability": 0.998, "used": 0.69, "dead": 1.0, "cost": 100.0}

    assert holds(_measures(**fine), objective(budget=100)).all()
    assert not holds(_measures(**{**fine, **worse}), objective(budget=100)).any()


def test_what_is_refused_follows_from_the_load_on_what_is_left() -> None:
    measures = _measures(p95_ms=1, availability=0.9, used=0.5, dead=1.5, cost=1)

    assert measures.refused[0] == pytest.approx(1 / 3)


def _measures(*, p95_ms: float, availability: float, used: float, dead: float, cost: float) -> Measures:
    return Measures(
        cost=np.array([cost]),
        p95_ms=np.array([p95_ms]),
        availability=np.array([availability]),
        used=np.array([used]),
        used_with_one_dead=np.array([dead]),
    )
