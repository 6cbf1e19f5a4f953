"""The page of the cheapest topology: the form, the search, what it found, and a topology that is taken."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from planner import inquiries, searching
from planner.found import token_of
from planner.models import Inquiry
from planner.searching import Sought, choices_of, types_of, usual_choice
from tests.builders import NEWSPAPER, newspaper
from topology import revisions
from topology.components import catalogue
from topology.document import from_data
from topology.errors import TierwrightError
from topology.models import Plan

pytestmark = pytest.mark.django_db

TIERS = [{"name": "web", "servers": [{"name": "web1", "type": "large"}], "roles": ["nginx", "gunicorn", "postgresql"]}]
WORKLOAD = {
    "peak_requests_per_second": {"low": 40, "mid": 60, "high": 90, "basis": "guess", "source": "a test"},
    "classes": {"page": {"share": 0.5, "app_cpu_ms": 20, "database_cpu_ms": 5}, "static": {"share": 0.5}},
}
FEASIBLE = {"p95": "400", "availability": "99.5", "headroom": "20", "refused": "0", "types": "built-in"}
INFEASIBLE = FEASIBLE | {"p95": "1"}


@pytest.fixture(autouse=True)
def _no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inquiries, "_start", lambda inquiry: None)


@pytest.fixture
def plan() -> Plan:
    design = newspaper(tiers=TIERS, workload=WORKLOAD, promise={"p95_ms": 400, "availability": 0.995})
    return revisions.start(design, name="The newspaper", message="First").plan


def text_of(client: Client, plan: Plan, query: dict[str, str] | None = None, **headers: str) -> str:
    return client.get(reverse("cheapest", args=[plan.slug]), query, headers=headers).content.decode()


def searched(client: Client, plan: Plan, query: dict[str, str]) -> Inquiry:
    """The inquiry of a query, answered here rather than by a process of its own."""
    text_of(client, plan, query)
    inquiry = Inquiry.objects.get(kind=Inquiry.Kind.CHEAPEST)
    inquiry.answer = json.loads(_answer(json.dumps(inquiry.asked), inquiry))
    inquiry.state = Inquiry.State.DONE
    inquiry.save()
    return inquiry


_ANSWERS: dict[str, str] = {}


def _answer(asked: str, inquiry: Inquiry) -> str:
    """A search takes a second or two, and every test asks the same."""
    if asked not in _ANSWERS:
        _ANSWERS[asked] = json.dumps(searching.find_cheapest(inquiry, lambda says, share: None))
    return _ANSWERS[asked]


def test_the_form_begins_with_the_plan_s_promise(client: Client, plan: Plan) -> None:
    text = text_of(client, plan)

    assert 'name="p95" value="400"' in text
    assert 'name="availability" value="99.5"' in text
    assert "This plan promises nothing yet" not in text
    assert Inquiry.objects.count() == 0


def test_a_plan_without_a_workload_is_sent_to_the_intake(client: Client) -> None:
    bare = {name: value for name, value in NEWSPAPER.items() if name != "workload"}
    revisions.start(from_data(bare, catalogue=catalogue()), name="The newspaper", message="First")

    text = client.get("/plans/newspaper/cheapest/").content.decode()

    assert "does not say what is asked of the site" in text
    assert "<form" not in text.split('id="content"')[1].split("</main>")[0]


def test_progress_is_shown_and_looked_for_again(client: Client, plan: Plan) -> None:
    text = text_of(client, plan, FEASIBLE)
    Inquiry.objects.update(says="weighing candidates")
    part = text_of(client, plan, FEASIBLE, **{"HX-Request": "true", "HX-Target": "found"})

    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in text
    assert 'hx-trigger="every 1s"' in part
    assert "Weighing candidates" in part
    assert part.lstrip().startswith('<div id="found"')
    assert Inquiry.objects.count() == 1


def test_the_winner_stands_first_and_can_be_taken(client: Client, plan: Plan) -> None:
    inquiry = searched(client, plan, FEASIBLE)
    text = text_of(client, plan, FEASIBLE)

    assert "The cheapest: a single server" in text
    assert "hx-trigger" not in text
    assert "of the worlds see everything hold" in text
    assert text.count('<a class="spot spot-winner"') == 4
    assert "What to measure next" in text

    parent = revisions.get(plan).digest
    taken = client.post(
        reverse("cheapest_take", args=[plan.slug]), {"parent": parent, "inquiry": inquiry.digest, "key": "1"}
    )

    assert taken.status_code == 302
    plan.refresh_from_db()
    head = revisions.get(plan)
    assert (head.number, revisions.load(plan).hosts[0].type_name) == (2, "small")
    assert "The cheapest that was found for 95 % within 400 ms" in head.message
    assert revisions.load(plan).promise == promised()


def promised() -> Any:
    return newspaper(promise={"p95_ms": 400, "availability": 0.995, "headroom": 0.2}).promise


def test_who_was_not_first_sees_both_versions(client: Client, plan: Plan) -> None:
    inquiry = searched(client, plan, FEASIBLE)
    sent = {"parent": "0" * 64, "inquiry": inquiry.digest, "key": "1"}

    assert client.post(reverse("cheapest_take", args=[plan.slug]), sent).status_code == 409


@pytest.mark.parametrize("changed", [{"inquiry": "0" * 64}, {"key": "99"}, {"inquiry": "", "key": ""}])
def test_what_is_not_kept_cannot_be_taken(changed: dict[str, str], client: Client, plan: Plan) -> None:
    inquiry = searched(client, plan, FEASIBLE)
    sent = {"parent": revisions.get(plan).digest, "inquiry": inquiry.digest, "key": "1"} | changed

    assert client.post(reverse("cheapest_take", args=[plan.slug]), sent).status_code == 404


def test_what_was_found_is_compared_with_the_plan(client: Client, plan: Plan) -> None:
    inquiry = searched(client, plan, FEASIBLE)

    text = client.get("/compare/", {"plan": [plan.slug, token_of(inquiry, "1")]}).content.decode()
    gone = client.get("/compare/", {"plan": [plan.slug, f"found.{'0' * 20}.1"]}).content.decode()

    assert "found for revision 1" in text
    assert "A month" in text
    assert "This is no longer kept; search again." in gone


def test_where_nothing_holds_a_link_asks_for_less(client: Client, plan: Plan) -> None:
    searched(client, plan, INFEASIBLE)

    text = text_of(client, plan, INFEASIBLE)

    assert "No topology keeps this promise" in text
    link = text.split('<a class="btn btn-primary" href="')[1].split('"')[0].replace("&amp;", "&")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    assert float(asked["p95"]) > 1
    assert {name: asked[name] for name in ("availability", "headroom", "types")} == {
        name: INFEASIBLE[name] for name in ("availability", "headroom", "types")
    }


def test_a_process_that_is_gone_is_told_and_can_be_followed_by_another(client: Client, plan: Plan) -> None:
    text_of(client, plan, FEASIBLE)
    Inquiry.objects.update(state=Inquiry.State.FAILED)

    text = text_of(client, plan, FEASIBLE)
    assert "The search ended without an answer" in text
    query = text.split('name="asked" value="')[1].split('"')[0].replace("&amp;", "&")
    answer = client.post(reverse("cheapest_again", args=[plan.slug]), {"asked": query})

    assert answer["Location"].startswith(reverse("cheapest", args=[plan.slug]) + "?p95=400")
    assert Inquiry.objects.get().is_running


@pytest.mark.parametrize(
    "changed",
    [{"p95": "-1"}, {"p95": "nan"}, {"availability": "100"}, {"headroom": "100"}, {"types": "nothing"},
     {"budget": "0"}, {"refused": "x"}],
)  # fmt: skip
def test_what_cannot_be_promised_is_refused_at_its_field(changed: dict[str, str], client: Client, plan: Plan) -> None:
    answer = client.get(reverse("cheapest", args=[plan.slug]), FEASIBLE | changed)

    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()
    assert Inquiry.objects.count() == 0


def test_types_are_the_built_in_ones_the_plan_s_own_and_those_of_providers() -> None:
    own = newspaper(
        tiers=[{**TIERS[0], "servers": {"count": 1, "type": "mine"}}],
        workload=WORKLOAD,
        server_types={"mine": {"cores": 4, "ram_mib": 8192, "price_month": 30}},
        currency="EUR",
    )

    assert [name for name, _ in choices_of(own)][:2] == ["built-in", "own"]
    assert {"Amazon", "Hetzner"} <= {name for name, _ in choices_of(own)}
    assert usual_choice(own) == "own"
    assert types_of(own, "own")[1] == types_of(own, "Hetzner")[1] == "EUR"
    with pytest.raises(TierwrightError):
        types_of(newspaper(), "own")


def test_a_plan_priced_otherwise_is_found_in_the_currency_of_the_types(client: Client, plan: Plan) -> None:
    inquiry = searched(client, plan, FEASIBLE | {"types": "Hetzner"})
    text = text_of(client, plan, FEASIBLE | {"types": "Hetzner"})

    found = (inquiry.answer or {})["winner"]["plan"]
    assert found["currency"] == "EUR"
    assert set(found["server_types"]) == {found["tiers"][0]["servers"][0]["type"]}
    assert (inquiry.answer or {})["now"]["cost"] is None
    assert "prices in another currency" in text


def test_a_confirmation_says_what_certainty_costs(client: Client, plan: Plan) -> None:
    searched(client, plan, FEASIBLE)
    query = "&".join(f"{name}={value}" for name, value in FEASIBLE.items())
    client.post(reverse("cheapest_again", args=[plan.slug]), {"asked": query, "kind": "worlds"})
    worlds = Inquiry.objects.get(kind=Inquiry.Kind.WORLDS)
    told = {
        "stage": "single", "tiers": [{"name": "web", "servers": 1, "type": "small", "settings": []}],
        "cost_month": 55.84, "holds": {"value": 0.98, "low": 0.95, "high": 1.0},
        "p95_ms": {"low": 80, "mid": 90, "high": 120}, "regret_month": 1.5,
    }  # fmt: skip

    running = text_of(client, plan, FEASIBLE)
    Inquiry.objects.filter(pk=worlds.pk).update(
        state=Inquiry.State.DONE,
        answer={
            "winner": told, "ranking": [told], "front": [told], "worlds": 256, "candidates": 900, "currency": "USD",
            "sure": 0.95, "worlds_with_an_answer": 256, "titles": {"single": "A single server"}, "plans": {},
        },
    )  # fmt: skip
    done = text_of(client, plan, FEASIBLE)

    assert 'aria-label="The confirmation"' in running
    assert "is the cheapest that holds the promise in at least 95&nbsp;% of 256 worlds" in done
    assert "web 1 small" in done


def test_a_confirmation_is_stopped_and_gone_on_with(client: Client, plan: Plan) -> None:
    searched(client, plan, FEASIBLE)
    query = "&".join(f"{name}={value}" for name, value in FEASIBLE.items())
    client.post(reverse("cheapest_again", args=[plan.slug]), {"asked": query, "kind": "worlds"})

    client.post(reverse("cheapest_stop", args=[plan.slug]), {"asked": query})
    text = text_of(client, plan, FEASIBLE)
    client.post(reverse("cheapest_again", args=[plan.slug]), {"asked": query, "kind": "worlds"})

    assert "Stopped; what was done is kept." in text
    assert Inquiry.objects.get(kind=Inquiry.Kind.WORLDS).is_running


def test_an_address_keeps_what_is_sought() -> None:
    sought = Sought(p95_ms=300, availability=0.9995, headroom=0.29, refused=0, budget=120.5, types="own")

    assert sought.query == {
        "p95": "300", "availability": "99.95", "headroom": "29", "refused": "0", "types": "own", "budget": "120.5"
    }  # fmt: skip
