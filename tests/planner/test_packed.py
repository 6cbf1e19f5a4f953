"""What is kept of designs: how each stands, and how what is proposed stands beside what is there."""

from __future__ import annotations

from planner.packed import stood, stood_beside
from tests.builders import newspaper
from tests.planner.pages.test_forecast import TIERS, WORKLOAD
from topology.design import Design


def _site(kind: str) -> Design:
    return newspaper(
        workload=WORKLOAD, tiers=[TIERS[0] | {"servers": {"count": 2, "type": kind}}, TIERS[1]]
    )  # fmt: skip


def test_an_answer_is_kept() -> None:
    assert stood(_site("medium")) is stood(_site("medium"))
    assert stood_beside(_site("medium"), _site("large")) is stood_beside(_site("medium"), _site("large"))


def test_larger_servers_that_are_proposed_carry_more() -> None:
    found = stood_beside(_site("medium"), _site("large")).forecast
    before = stood(_site("medium")).forecast

    assert before is not None
    assert found is not None
    assert found.capacity_rps.value > 1.9 * before.capacity_rps.value
