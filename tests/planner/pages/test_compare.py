"""Two to four designs side by side: plans, revisions, stages or proposals, at the same traffic."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client

from planner.models import Proposal
from planner.people import local_person
from planner.review import actions
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
    assert "better:" not in words


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


def propose(plan: Plan, title: str, **changes: Any) -> Proposal:
    design = newspaper(**{"name": plan.slug, "workload": WORKLOAD, "tiers": TIERS, **changes})
    return actions.propose(local_person(), plan, title=title, design=design)


def larger(count: int) -> list[dict[str, Any]]:
    return [TIERS[0] | {"servers": {"count": count, "type": "medium"}}, TIERS[1]]


def test_proposals_stand_beside_each_other(client: Client, plan: Plan) -> None:
    first, second = propose(plan, "Two more", tiers=larger(4)), propose(plan, "Four more", tiers=larger(6))

    words = words_of(client, f"proposal={first.pk}&proposal={second.pk}", **PART)

    assert "#1 Two more" in words
    assert "draft, for Newspaper, revision 2 of it" in words
    assert re.search(r"Servers 5 7 \+2 ", words)
    assert re.search(r"A month 670 USD 89\d USD worse: \+22", words)


def test_a_proposal_stands_beside_its_plan(client: Client, plan: Plan) -> None:
    proposal = propose(plan, "Two more", tiers=larger(4))

    answer = client.get(f"/compare/?plan=newspaper&proposal={proposal.pk}", headers=PART)

    assert answer["HX-Replace-Url"] == f"/compare/?plan=newspaper&proposal={proposal.pk}"
    assert "Servers" in answer.content.decode()


@pytest.mark.parametrize("pk", ["0", "999", "9" * 30, "x", "-1", "%C2%B2"])
def test_a_proposal_that_is_not_there_is_said(client: Client, pk: str) -> None:
    words = words_of(client, f"plan=newspaper&proposal={pk}", **PART)

    assert ("There is no such proposal." in words) == pk.isdecimal()


def test_what_one_server_less_and_the_risks_mean_is_in_the_table(client: Client) -> None:
    start("larger", tiers=larger(4))

    words = words_of(client, "plan=newspaper&plan=larger", **PART)

    assert "Carries without any one server stops for 50 % of requests, with one of database dead" in words
    assert re.search(r"Single points of failure \d", words)
    assert re.search(r"Risks open \d", words)


def test_earlier_revisions_and_proposals_are_offered(client: Client, plan: Plan) -> None:
    proposal = propose(plan, "Two more", tiers=larger(4))
    revisions.record(plan, newspaper(notes="two"), parent_digest=revisions.get(plan).digest, message="Second")

    text = client.get("/compare/?plan=newspaper").content.decode()

    assert '<option value="newspaper@1">Newspaper, revision 1</option>' in text
    assert f'<option value="proposal.{proposal.pk}">Newspaper #1 Two more</option>' in text


def test_a_larger_server_does_not_make_what_was_observed_dearer(client: Client) -> None:
    start("larger", tiers=[TIERS[0] | {"servers": {"count": 2, "type": "large"}}, TIERS[1]])

    words = words_of(client, "plan=newspaper&plan=larger", **PART)

    assert "The server that was observed is taken for one of Newspaper (as it stands, revision 1)." in words
    assert re.search(r"Carries 350 requests/s [\d–]+ 700 requests/s better: \+350", words)


def test_money_is_drawn_against_response_time(client: Client) -> None:
    start("larger", tiers=larger(4))

    text = client.get("/compare/?plan=newspaper&plan=larger", headers=PART).content.decode()

    assert "Cost against response time" in text
    assert 'href="#design-at-2"' in text
    assert "Cost against response time" not in client.get("/compare/?plan=newspaper", headers=PART).content.decode()


def test_designs_in_one_place_of_the_picture_share_their_label(client: Client) -> None:
    text = client.get("/compare/?plan=newspaper&plan=newspaper@1", headers=PART).content.decode()

    assert 'aria-hidden="true">1, 2</text>' in text


def test_prices_in_two_currencies_are_not_drawn(client: Client) -> None:
    own = {"own": {"cores": 4, "ram_mib": 8192, "price_month": 100}}
    tiers = [TIERS[0] | {"servers": {"count": 2, "type": "own"}}, TIERS[1] | {"servers": {"count": 1, "type": "own"}}]
    for currency in ("EUR", "CHF"):
        start(currency.lower(), server_types=own, tiers=tiers, currency=currency)

    text = client.get("/compare/?plan=eur&plan=chf", headers=PART).content.decode()

    assert "Cost against response time" not in text


def test_the_table_is_a_file_too(client: Client) -> None:
    start("larger", tiers=larger(4))
    query = "/compare/?plan=newspaper&plan=larger&format="

    rows = list(csv.reader(io.StringIO(client.get(f"{query}csv").content.decode())))
    data = client.get(f"{query}json").json()

    assert rows[0][:4] == [
        "figure", "unit", "1 Newspaper, as it stands, revision 1", "1 Newspaper, as it stands, revision 1, low",
    ]  # fmt: skip
    carries = next(row for row in data if row["figure"] == "Carries")
    name = "2 Larger, as it stands, revision 1"
    assert carries["unit"] == "requests/s"
    assert carries[f"{name}, low"] <= carries[name] <= carries[f"{name}, high"]
    assert [row["figure"] for row in data] == [row[0] for row in rows[1:]]
    assert client.get(f"{query}xls").status_code == 422


def test_a_page_of_four_asks_the_database_as_often_as_one_of_two(
    client: Client, plan: Plan, django_assert_max_num_queries: Any
) -> None:
    proposals = [propose(plan, f"Number {n}", tiers=larger(n)) for n in (3, 4, 5)]
    client.get("/compare/?plan=newspaper")

    with django_assert_max_num_queries(15):
        client.get("/compare/?plan=newspaper&" + "&".join(f"proposal={p.pk}" for p in proposals))


def test_what_lies_between_two_revisions_is_shown(client: Client, plan: Plan) -> None:
    design = newspaper(workload=WORKLOAD, tiers=larger(4))
    revisions.record(plan, design, parent_digest=revisions.get(plan).digest, message="Second")

    words = words_of(client, "plan=newspaper@1&plan=newspaper@2")
    between = words_of(client, "plan=newspaper@1&plan=newspaper@2&between=2")

    assert "What changes from 1 to 2" in words
    assert "From Newspaper, revision 1 to" not in words
    assert "From Newspaper, revision 1 to Newspaper, revision 2 +2 web: 350 to 700" in between
    assert "web3 and web4" in between
    assert "Before and after" in between


def test_the_files_of_two_designs_have_their_causes(client: Client) -> None:
    both = {"tiers": [*TIERS, {"name": "cache", "servers": {"count": 1, "type": "small"}, "roles": ["memcached"]}]}
    start("small", **both)
    start("wide", **{"tiers": [TIERS[0] | {"servers": {"count": 3, "type": "medium"}}, *both["tiers"][1:]]})

    words = words_of(client, "plan=small&plan=wide&between=2&host=db1")

    assert "Those of db1 are shown" in words
    assert "because web3 (medium, 10.0.0.13) is new: tier web, runs nginx and gunicorn" in words


@pytest.mark.parametrize("between", ["1", "3", "x", "-2", "99999", "%C2%B2", ""])
def test_between_what_is_not_there_nothing_is_shown(client: Client, between: str) -> None:
    assert "From Newspaper" not in words_of(client, f"plan=newspaper&plan=newspaper@1&between={between}&host=nobody")


def test_the_slider_leaves_what_lies_between_and_another_choice_does_not(client: Client) -> None:
    query = "plan=newspaper&plan=newspaper@1&traffic=2&between=2&of=newspaper+newspaper@"

    kept = client.get(f"/compare/?{query}1", headers=PART)
    gone = client.get(f"/compare/?{query}9", headers=PART)

    assert kept["HX-Replace-Url"].endswith("&traffic=2&between=2")
    assert "hx-swap-oob" not in kept.content.decode().replace('id="spoken" hx-swap-oob', "")
    assert gone["HX-Replace-Url"].endswith("&traffic=2")
    assert '<div id="between" hx-swap-oob="true"></div>' in gone.content.decode()
