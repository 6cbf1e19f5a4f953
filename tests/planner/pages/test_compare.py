"""Two to four designs side by side: plans, revisions or stages, at the same traffic."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.builders import newspaper
from tests.planner.pages.test_forecast import TIERS, WORKLOAD
from topology import revisions
from topology.models import Plan

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true", "HX-Target": "compared"}


@pytest.fixture(autouse=True)
def plan() -> Plan:
    return start("newspaper")


def start(name: str, **changes: Any) -> Plan:
    design = newspaper(**{"name": name, "workload": WORKLOAD, "tiers": TIERS, **changes})
    return revisions.start(design, name=name.title(), message="first").plan


def words_of(client: Client, query: str, **headers: str) -> str:
    answer = client.get(f"/compare/?{query}", headers=headers)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_designs_are_held_against_the_first(client: Client) -> None:
    start("larger", tiers=[TIERS[0] | {"servers": {"count": 4, "type": "medium"}}, TIERS[1]])

    words = words_of(client, "plan=newspaper&plan=larger", **PART)

    assert re.search(r"Servers 3 5 \+2 ", words)
    assert re.search(r"A month 447 USD 670 USD worse: \+223", words)
    assert re.search(r"Carries \d+ requests/s [\d–]+ \d+ requests/s better: \+\d+", words)


def test_the_slider_moves_them_all(client: Client) -> None:
    words = words_of(client, "plan=newspaper&plan=newspaper@1&traffic=20", **PART)

    assert "1,200 requests/s at the peak" in words
    assert words.count("no end") == 4


def test_the_address_follows(client: Client) -> None:
    answer = client.get("/compare/?plan=newspaper&plan=&plan=newspaper@1&plan=newspaper&traffic=2", headers=PART)

    assert answer["HX-Replace-Url"] == "/compare/?plan=newspaper&plan=newspaper%401&traffic=2"


def test_stages_and_revisions_are_designs_too(client: Client, plan: Plan) -> None:
    revisions.record(plan, newspaper(notes="two"), parent_digest=revisions.get(plan).digest, message="Second")
    revisions.restore(plan, 1, parent_digest=revisions.get(plan).digest)

    words = words_of(client, "plan=newspaper&plan=newspaper@2&plan=newspaper@load_balanced", **PART)

    assert "as it stands, revision 3" in words
    assert "revision 2" in words
    assert "stage: Load balancing" in words


def test_designs_with_other_workloads_are_asked_the_same(client: Client) -> None:
    start("quiet", workload={**WORKLOAD, "peak_requests_per_second": 1})

    words = words_of(client, "plan=newspaper&plan=quiet", **PART)

    assert "All are asked what Newspaper (as it stands, revision 1) is asked." in words
    servers, carries = re.findall(r"(?:Servers|Carries) (\d+)", words)[::-1]
    assert (servers, int(carries) > 0) == ("3", True)
    assert "better" not in words


def test_a_plan_without_a_workload_is_asked_what_the_others_are(client: Client) -> None:
    start("silent", workload=None)

    assert "All are asked what Newspaper" in words_of(client, "plan=silent&plan=newspaper", **PART)
    assert "says what is asked of its site" in words_of(client, "plan=silent&plan=silent@1", **PART)


@pytest.mark.parametrize(
    "query",
    ["", "plan=nobody&plan=newspaper", "plan=newspaper@99", "plan=newspaper@cellar", "plan=%3Cb%3E@1&traffic=nan",
     "plan=newspaper@&plan=@&plan=newspaper@99999999999999999999"],
)  # fmt: skip
def test_any_address_is_answered(client: Client, query: str) -> None:
    assert "Designs side by side" in words_of(client, query)


def test_at_most_four_are_compared(client: Client) -> None:
    for name in ("one", "two", "three", "four"):
        start(name)

    text = client.get("/compare/?plan=newspaper&plan=one&plan=two&plan=three&plan=four", headers=PART).content.decode()

    assert text.count("card-stage") == 4


def test_what_cannot_be_printed_names_no_design(client: Client, db: None) -> None:
    response = client.get("/compare/", {"plan": ["a\x00b", "\x1b"]})

    assert response.status_code == 200
    assert "Choose at least two designs" in response.content.decode()
