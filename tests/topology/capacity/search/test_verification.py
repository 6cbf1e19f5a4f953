"""Finalists held against the promise, and what is learnt from those that swap."""

from __future__ import annotations

import pytest

from tests.topology.capacity.search.cases import TYPES, alone, balanced, objective, workload
from topology.capacity.search.assembly import Lifted, lifted
from topology.capacity.search.space import Option, Space
from topology.capacity.search.verification import Swaps, by_forecast, verified


@pytest.fixture(scope="module")
def resolved() -> Lifted:
    """Both layouts."""
    return lifted([alone(), balanced()], workload(250), objective(), TYPES, worlds=2, names=["alone", "balanced"])


@pytest.fixture(scope="module")
def space(resolved: Lifted) -> Space:
    """Every candidate of up to six web servers."""
    return resolved.whole(objective(), 6)


def test_a_database_that_swaps_under_some_clients_swaps_under_more(space: Space) -> None:
    swaps = Swaps(space)

    swaps.learn(_balanced(space, web=4), "database")

    assert swaps.rules_out(_balanced(space, web=4))
    assert swaps.rules_out(_balanced(space, web=6))
    assert not swaps.rules_out(_balanced(space, web=3))
    assert not swaps.rules_out(_balanced(space, web=6, database=1))
    assert not swaps.rules_out(0)


def test_the_worst_death_is_named_and_what_it_refuses(resolved: Lifted, space: Space) -> None:
    design = resolved.design(space, _balanced(space, web=2)).model_copy(update={"workload": workload(250)})

    found = verified(design, resolved.frames[1], by_forecast)

    left = by_forecast(design, ("web2",)).capacity_rps.value
    assert found.dead == "web2"
    assert found.refused == pytest.approx(1 - left / 250)
    assert not found.holds(objective(headroom=0.0))


def test_a_single_server_has_no_equal_that_could_carry_on(resolved: Lifted, space: Space) -> None:
    design = resolved.design(space, 0).model_copy(update={"workload": workload(20)})

    found = verified(design, resolved.frames[0], by_forecast)

    assert (found.dead, found.refused) == ("", 0.0)


def _balanced(space: Space, *, web: int, database: int = 0) -> int:
    """The candidate on the first types, with so many web servers and a database on a type."""
    tiers = space.skeletons[1].tiers
    wanted = (Option(lift=0, count=0), Option(lift=0, count=web), Option(lift=database, count=0))
    return space.index(1, tuple(tier.options.index(option) for tier, option in zip(tiers, wanted, strict=True)))
