"""A sweep over candidates and worlds answers the same however it is cut, and says what the evaluation says."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest

from tests.topology.capacity.search.cases import TYPES, alone, balanced, objective, workload
from tests.topology.capacity.sweeping.cases import question
from topology.capacity import (
    ManyWorlds,
    candidate_design,
    evaluate,
    forecast,
    many_worlds,
    sweep_join,
    sweep_pieces,
    sweep_question,
    sweep_text,
    sweep_work,
)
from topology.capacity.search.objective import holds
from topology.capacity.sweeping.worlds import _front, _share
from topology.errors import TierwrightError


@pytest.fixture(scope="module")
def asked() -> ManyWorlds:
    return question()


def swept(asked: ManyWorlds, shards: int) -> str:
    """The answer of a sweep whose shards came in a random order."""
    parts = [sweep_work(asked, piece, lambda share: None) for piece in sweep_pieces(asked, shards)]
    random.Random(shards).shuffle(parts)
    return sweep_join(asked, parts)


def answer(asked: ManyWorlds) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(swept(asked, 1))
    return found


@pytest.mark.parametrize("shards", [2, 4, 7, 16])
def test_however_it_is_cut_the_answer_is_the_same_text(asked: ManyWorlds, shards: int) -> None:
    assert swept(asked, shards) == swept(asked, 1)


def test_the_question_survives_being_written_down(asked: ManyWorlds) -> None:
    text = sweep_text(asked)

    assert sweep_text(sweep_question(text)) == text
    assert swept(sweep_question(text), 3) == swept(asked, 1)  # type: ignore[arg-type]


def test_shares_costs_and_regrets_are_those_of_an_evaluation_of_everything(asked: ManyWorlds) -> None:
    numbers = list(asked.candidates)
    found = evaluate(asked.space, range(asked.space.size), range(asked.worlds), seed=asked.seed)
    kept = holds(found, asked.space.objective)[numbers]
    cost = found.cost[numbers]
    least = np.min(np.where(kept, cost, np.inf), axis=0)
    least = least[np.isfinite(least)]

    for item in answer(asked)["ranking"]:
        row = numbers.index(item["candidate"])
        assert item["holds"]["value"] == kept[row].mean()
        assert item["cost_month"] == pytest.approx(cost[row, 0], abs=0.005)
        assert item["regret_month"] == pytest.approx(np.abs(cost[row, 0] - least).mean())
        assert item["p95_ms"]["mid"] == pytest.approx(np.median(found.p95_ms[item["candidate"]]))


def test_those_that_are_sure_enough_come_first_and_the_cheapest_of_them_wins() -> None:
    found = answer(question(sure=0.5))

    shares = [item["holds"]["value"] for item in found["ranking"]]
    enough = [item for item in found["ranking"] if item["holds"]["value"] >= 0.5]
    assert enough == found["ranking"][: len(enough)]
    assert [item["cost_month"] for item in enough] == sorted(item["cost_month"] for item in enough)
    assert found["winner"] == (enough[0] if enough else None)
    assert shares[len(enough) :] == sorted(shares[len(enough) :], reverse=True)


def test_the_front_buys_certainty_with_money() -> None:
    cents, counts = np.array([10.0, 10.0, 20.0, 30.0, 40.0]), np.array([3, 5, 4, 9, 9])

    assert _front(cents, counts) == [1, 3]


def test_nothing_that_holds_nowhere_is_on_the_front() -> None:
    assert _front(np.array([10.0, 20.0]), np.array([0, 0])) == []


def test_a_share_has_the_interval_of_wilson() -> None:
    """81 of 263 is 0.308 (0.255 to 0.366): Newcombe 1998, Statistics in Medicine 17, table I, method 3."""
    found = _share(81, 263)

    assert [round(found[name], 4) for name in ("value", "low", "high")] == [0.3080, 0.2553, 0.3662]
    assert _share(16, 16)["high"] == 1.0


def test_a_candidate_becomes_a_plan_that_costs_what_was_said(asked: ManyWorlds) -> None:
    first = answer(asked)["ranking"][0]

    design = candidate_design(asked, first["candidate"])

    assert forecast(design).cost_month.amount == pytest.approx(first["cost_month"])
    assert [len([host for host in design.hosts if host.tier == tier["name"]]) for tier in first["tiers"]] == [
        tier["servers"] for tier in first["tiers"]
    ]


def test_where_there_are_too_many_those_that_hold_as_expected_are_kept(asked: ManyWorlds) -> None:
    few = question(most=3)

    whole = evaluate(asked.space, range(asked.space.size), range(1), seed=0)
    assert len(few.candidates) == 3
    assert set(few.candidates) <= set(range(asked.space.size))
    assert max(whole.cost[list(few.candidates), 0]) <= np.median(whole.cost[:, 0])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seed": -1}, "seed: a seed is a whole number from 0"),
        ({"worlds": 0}, "worlds: a sweep has from 1 to 10,000 worlds"),
        ({"worlds": 10**9}, "worlds: a sweep has from 1 to 10,000 worlds"),
        ({"most": 0}, "candidates: a sweep has from 1 to 100,000 candidates"),
        ({"sure": 0.0}, "sure: how sure the promise should be is a share above 0 and up to 1"),
        ({"sure": float("nan")}, "sure: how sure the promise should be is a share above 0 and up to 1"),
    ],
)
def test_what_cannot_be_asked_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TierwrightError, match=sentence):
        question(**changes)


def test_where_nothing_can_hold_the_search_is_named() -> None:
    with pytest.raises(TierwrightError, match="no topology holds this"):
        many_worlds([alone(), balanced()], workload(1e9), objective(), types=TYPES)


@pytest.mark.parametrize(
    "other", [{"engine": "0.1"}, {"build": "0123456789abcdef"}], ids=lambda other: next(iter(other))
)
def test_another_engine_or_build_does_not_answer(asked: ManyWorlds, other: dict[str, str]) -> None:
    text = sweep_text(asked.model_copy(update=other))

    with pytest.raises(TierwrightError, match=r"begun with (engine 0\.1|build 0123456789abcdef), and here is "):
        sweep_question(text)
