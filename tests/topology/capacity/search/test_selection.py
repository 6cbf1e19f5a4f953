"""The cheapest topology: the one that trying everything finds, and what is said of the others."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection
from typing import Any

import numpy as np
import pytest

from tests.topology.capacity.search.cases import (
    TYPES,
    alone,
    balanced,
    cost,
    design,
    objective,
    search,
    workload,
)
from topology import document
from topology.capacity import Cheapest, Forecast, Objective, cheapest, cheapest_document, forecast
from topology.capacity.search.assembly import lifted
from topology.capacity.search.evaluation import measured
from topology.capacity.search.inputs import expected
from topology.capacity.search.objective import holds
from topology.components import catalogue
from topology.design import Design, Server, Tier
from topology.errors import TierwrightError
from topology.hardware import BUILT_IN, ServerType
from topology.workload import Observation, Workload

RATES = (20.0, 100.0, 200.0, 400.0, 800.0)
PROMISES: tuple[dict[str, Any], ...] = ({}, {"p95_ms": 150.0}, {"headroom": 0.1}, {"availability": 0.9989})


CASES = list(itertools.product(RATES, PROMISES))


@pytest.mark.parametrize(("rate", "changes"), CASES)
def test_the_winner_is_the_one_that_weighing_everything_finds(rate: float, changes: dict[str, Any]) -> None:
    found = search(rate, **changes)

    asked = objective(**changes)
    whole = lifted([alone(), balanced()], workload(rate), asked, TYPES, worlds=1, names=["alone", "balanced"])
    space = whole.whole(asked, 9)
    measures = measured(space, np.arange(space.size), expected(space.inputs))
    holding = measures.cost[holds(measures, asked)[:, 0], 0]
    assert holding.size
    assert cost(found) == pytest.approx(holding.min())


@pytest.mark.parametrize("rate", [100.0, 400.0])
def test_the_winner_is_the_one_that_forecasting_every_plan_finds(rate: float) -> None:
    found = search(rate)

    assert cost(found) == pytest.approx(min(_forecast_costs(rate)))


@pytest.mark.parametrize(("rate", "changes"), CASES)
def test_the_winner_and_the_front_hold_the_promise_by_the_forecast(rate: float, changes: dict[str, Any]) -> None:
    found = search(rate, **changes)

    assert found.winner is not None
    assert found.front
    for member in (found.winner, *found.front):
        answer = forecast(member.design)
        assert _holds(answer, objective(**changes))
        for name in _replicated(member.design):
            assert forecast(member.design, lost=(name,)).capacity_rps.value >= rate


@pytest.mark.parametrize("rate", RATES)
def test_no_member_of_the_front_is_beaten_by_another(rate: float) -> None:
    figures = [
        (
            member.forecast.cost_month.amount or math.nan,
            member.forecast.latency_ms["p95"].value,
            1 - member.forecast.availability.value,
        )
        for member in search(rate).front
    ]

    for one, other in itertools.permutations(figures, 2):
        assert not all(a <= b for a, b in zip(one, other, strict=True))


def test_a_looser_promise_never_costs_more() -> None:
    for changes in ({"p95_ms": 600.0}, {"headroom": 0.1}, {"availability": 0.99}, {"refused": 0.5}):
        for rate in (100.0, 400.0):
            assert cost(search(rate, **changes)) <= cost(search(rate))


def test_more_requests_never_cost_less() -> None:
    costs = [cost(search(rate)) for rate in RATES]

    assert costs == sorted(costs)


def test_the_same_seed_gives_the_same_answer() -> None:
    one, again = (cheapest_document(_fresh(seed)) for seed in (3, 3))

    assert one == again
    assert cheapest_document(_fresh(4))["winner"]["plan"] == one["winner"]["plan"]


def test_the_winner_is_a_plan_with_the_names_of_its_layout() -> None:
    found = search(400)
    assert found.winner is not None

    plan = document.to_data(found.winner.design)
    again = document.from_data(plan, catalogue=catalogue())

    assert again.workload == workload(400)
    assert again.promise == objective().promise
    assert again.tier("web").servers[0] == Server(name="web1", type="little", address="10.0.0.21")  # type: ignore[index]
    assert [host.name for host in again.hosts] == ["lb1", "web1", "web2", "web3", "web4", "db1"]
    assert len({host.address for host in again.hosts}) == 6


def test_cheaper_neighbours_say_in_numbers_why_they_lost() -> None:
    says = [loser.why for loser in search(400).losers]

    assert any(
        text.startswith("web: 2 middle instead of 4 little: p95 holds (") and "with web2 dead 18 % of requests" in text
        for text in says
    )
    assert any(text.startswith("alone (web 1 big): ") for text in says)


def test_a_neighbour_that_lost_is_cheaper_and_does_not_hold() -> None:
    found = search(800)

    near = [loser for loser in found.losers if " instead of " in loser.why]
    assert near
    for loser in near:
        answer = forecast(loser.design)
        assert (answer.cost_month.amount or math.inf) < cost(found)
        lost = [forecast(loser.design, lost=(name,)).capacity_rps.value for name in _replicated(loser.design)]
        assert not _holds(answer, objective()) or min(lost) < 800


@pytest.mark.parametrize(
    ("rate", "changes", "constraint"),
    [
        (400.0, {"p95_ms": 20.0}, "p95_ms"),
        (800.0, {"availability": 0.9999}, "availability"),
        (400.0, {"availability": 0.9995}, "headroom"),
        (400.0, {"budget": 45.0}, "headroom"),
        (800.0, {"budget": 90.0}, "budget"),
    ],
)
def test_where_nothing_holds_relaxing_what_is_said_makes_something_hold(
    rate: float, changes: dict[str, Any], constraint: str
) -> None:
    found = search(rate, **changes)

    assert found.winner is None
    assert found.front == ()
    assert found.relax is not None
    assert found.relax.constraint == constraint
    relaxed: dict[str, float] = {found.relax.constraint: found.relax.to, **dict(found.relax.also)}
    assert search(rate, **{**changes, **relaxed}).winner is not None


def test_what_is_relaxed_is_relaxed_no_further_than_it_must_be() -> None:
    found = search(400, p95_ms=20.0)

    assert found.relax is not None
    assert search(400, p95_ms=found.relax.to * 0.98).winner is None


@pytest.mark.parametrize("rate", [5e4, 1e9])
def test_a_peak_that_nothing_carries_says_what_could_be_carried(rate: float) -> None:
    found = search(rate)

    assert found.winner is None
    assert found.relax is not None
    assert found.relax.constraint == "peak_requests_per_second"
    assert 0 < found.relax.to < rate
    assert search(found.relax.to).winner is not None
    assert all("requests/s" in loser.why or "swap" in loser.why for loser in found.losers)


def test_chances_are_shares_and_the_page_is_what_to_measure() -> None:
    found = search(400)

    assert found.winner is not None
    assert 0 < found.winner.chance.holds < 1
    assert all(found.winner.chance.holds <= share <= 1 for share in found.winner.chance.by_constraint.values())
    low, middle, high = found.winner.chance.p95_ms
    assert low < middle < high
    assert found.doubt is not None
    assert "gunicorn" in found.doubt.influences[0].name
    assert found.doubt.measure.startswith("Find out the CPU time that gunicorn takes for a page request (a guess now")


def test_a_dearer_member_of_the_front_is_no_less_sure() -> None:
    front = search(100).front

    assert front[-1].chance.by_constraint["p95_ms"] >= front[0].chance.by_constraint["p95_ms"]


def test_without_doubt_the_chance_is_certain_but_for_what_servers_do() -> None:
    known = workload(100, doubt=1.0001, cache_lookups=0, database_calls=1)
    found = cheapest([alone()], known, objective(), types=TYPES, worlds=16)

    assert found.winner is not None
    assert found.winner.chance.by_constraint["p95_ms"] == 1
    assert found.winner.chance.regret is not None


def test_finalists_are_verified_by_whatever_is_handed_in() -> None:
    asked: list[tuple[str, ...]] = []

    def verifier(plan: Design, lost: Collection[str]) -> Forecast:
        asked.append(tuple(lost))
        answer = forecast(plan, lost=lost)
        slow = answer.latency_ms["p95"].__class__(value=900, low=900, high=900, kind="simulated", unit="ms")
        only_one_core = all(host.type.cores == 1 for host in plan.hosts)
        return answer.__class__(**{**vars(answer), "latency_ms": {"p95": slow}}) if only_one_core else answer

    found = cheapest([alone()], workload(20), objective(), types=TYPES, worlds=4, verifier=verifier)

    assert cost(found) == 19.0
    assert () in asked


def test_types_without_a_price_are_left_out() -> None:
    types = {**TYPES, "gift": ServerType(cores=64, ram_mib=262_144)}

    assert cost(cheapest([alone()], workload(100), objective(), types=types, worlds=2)) == 19.0
    with pytest.raises(TierwrightError, match="no server type has a price"):
        cheapest([alone()], workload(100), objective(), types={"gift": types["gift"]}, worlds=2)


def test_prices_stand_in_the_currency_that_was_asked_for() -> None:
    found = cheapest([alone()], workload(100), objective(currency="EUR"), types=TYPES, worlds=2)

    assert found.winner is not None
    assert found.winner.forecast.cost_month.currency == "EUR"
    assert document.to_data(found.winner.design)["currency"] == "EUR"
    with pytest.raises(TierwrightError, match="prices of the built-in server types are in USD"):
        cheapest([alone()], workload(100), objective(currency="EUR"), types=BUILT_IN, worlds=2)


def test_what_was_observed_means_the_same_whatever_is_bought() -> None:
    seen = Observation(cpu_share=0.5, requests_per_second=40)
    asked = workload(100, doubt=1.0001).model_copy(update={"observed": seen})

    found = cheapest([alone()], asked, objective(p95_ms=900), types={"small": BUILT_IN["small"], **TYPES}, worlds=2)

    assert found.winner is not None
    pinned = found.winner.design.workload
    assert isinstance(pinned, Workload)
    assert pinned.observed is not None
    assert pinned.observed.server_type == "small"


def test_workers_are_written_where_the_derived_ones_do_not_fit() -> None:
    """Half as many workers fit into the memory of a server that would swap with the derived ones."""
    types = {"narrow": ServerType(cores=8, ram_mib=700, price_month=5), "wide": TYPES["big"]}

    found = cheapest([_web_alone()], workload(5), objective(), types=types, worlds=2)

    assert found.winner is not None
    assert not any(tier.memory.swaps for tier in found.winner.forecast.tiers)


def test_no_layout_and_no_world_are_refused() -> None:
    with pytest.raises(TierwrightError, match="at least one layout"):
        cheapest([], workload(), objective(), types=TYPES)
    with pytest.raises(TierwrightError, match="at least one world"):
        cheapest([alone()], workload(), objective(), types=TYPES, worlds=0)


def _web_alone() -> Design:
    return design(
        [{"name": "web", "servers": [{"name": "web1", "type": "small"}], "roles": ["nginx", "gunicorn", "postgresql"]}]
    )


def _fresh(seed: int) -> Cheapest:
    return cheapest([alone(), balanced()], workload(400), objective(), types=TYPES, worlds=8, seed=seed, verify=2)


def _holds(answer: Forecast, asked: Objective) -> bool:
    p95 = answer.latency_ms.get("p95")
    return (
        p95 is not None
        and p95.value <= asked.p95_ms
        and answer.availability.value >= asked.availability
        and answer.headroom >= asked.headroom
    )


def _replicated(plan: Design) -> list[str]:
    """The last web server, where there are several."""
    names = [host.name for host in plan.hosts if host.tier == "web"]
    return names[-1:] if len(names) > 1 else []


def _forecast_costs(rate: float) -> list[float]:
    """What every plan costs that holds, forecast one by one."""
    plans = [_typed(alone(), {"web": (name, 1)}) for name in TYPES]
    for balancer, web, database in itertools.product(TYPES, repeat=3):
        plans += [
            _typed(balanced(), {"balancer": (balancer, 1), "web": (web, count), "database": (database, 1)})
            for count in range(2, 6)
        ]
    found: list[float] = []
    for plan in sorted(plans, key=_price):
        if found and _price(plan) > min(found):
            break
        answer = forecast(plan, workload(rate))
        lost = [forecast(plan, workload(rate), lost=(name,)).capacity_rps.value for name in _replicated(plan)]
        if _holds(answer, objective()) and min(lost, default=math.inf) >= rate:
            found.append(_price(plan))
    return found


def _typed(plan: Design, choices: dict[str, tuple[str, int]]) -> Design:
    tiers = tuple(
        Tier(
            name=tier.name,
            servers=tuple(
                Server(name=f"{tier.name}{n}", type=choices[tier.name][0]) for n in range(choices[tier.name][1])
            ),
            roles=tier.roles,
        )
        for tier in plan.tiers
    )
    return plan.model_copy(update={"tiers": tiers, "server_types": TYPES})


def _price(plan: Design) -> float:
    return sum(float(host.type.price_month or 0) for host in plan.hosts)
