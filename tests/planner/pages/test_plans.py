"""A plan: what stands, its history, going back, settling a conflict, taking it off the lists."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.builders import newspaper
from topology import document, revisions
from topology.models import Plan, Revision

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    """The newspaper with two revisions."""
    first = revisions.start(newspaper(), name="The newspaper", message="First")
    revisions.record(first.plan, newspaper(notes="two"), parent_digest=first.digest, message="Second")
    return first.plan


def digest(plan: Plan, number: int | None = None) -> str:
    """The digest of a revision, by default of the head."""
    return revisions.get(plan, number).digest


def test_a_plan_shows_what_stands_and_its_history(plan: Plan, client: Client) -> None:
    text = client.get("/plans/newspaper/").text

    assert "10.0.0.31" in text  # in the drawing and in its table
    assert text.index("Second") < text.index("First")
    assert 'class="diagram"' in text


def test_an_unknown_plan_is_not_here(client: Client) -> None:
    assert client.get("/plans/none/").status_code == 404


def test_a_revision_shows_what_it_changed_and_its_file(plan: Plan, client: Client) -> None:
    text = client.get("/plans/newspaper/revisions/1/").text

    assert "This is the first revision." in text
    assert "name: newspaper" in text
    assert "Go back to this" in text


def test_an_unknown_revision_is_said_to_be_unknown(plan: Plan, client: Client) -> None:
    answer = client.get("/plans/newspaper/revisions/7/")

    assert answer.status_code == 404
    assert "The newspaper has no revision 7; its newest is 2." in answer.text


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_the_plan_file_can_be_kept(form: str, plan: Plan, client: Client) -> None:
    answer = client.get(f"/plans/newspaper/revisions/2.{form}")

    from topology.components import catalogue

    assert document.load(answer.content, catalogue=catalogue()) == newspaper(notes="two")
    assert answer["Content-Disposition"] == f'attachment; filename="newspaper-2.{form}"'


def test_going_back_makes_a_new_revision(plan: Plan, client: Client) -> None:
    answer = client.post("/plans/newspaper/revisions/1/restore/", {"parent": digest(plan)}, follow=True)

    assert answer.status_code == 200
    assert "Saved as revision 3: Restore revision 1" in answer.text
    assert revisions.load(plan) == newspaper()


def test_going_back_from_a_page_that_is_out_of_date_shows_both_versions(plan: Plan, client: Client) -> None:
    seen = digest(plan)
    revisions.record(plan, newspaper(notes="theirs"), parent_digest=seen, message="Theirs meanwhile")

    answer = client.post("/plans/newspaper/revisions/1/restore/", {"parent": seen})

    assert answer.status_code == 409
    assert "Theirs meanwhile" in answer.text
    assert "Restore revision 1" in answer.text
    assert "Keep mine, on top of theirs" in answer.text
    assert revisions.load(plan).notes == "theirs"


def test_htmx_gets_both_versions_as_the_whole_page(plan: Plan, client: Client) -> None:
    seen = digest(plan)
    revisions.record(plan, newspaper(notes="theirs"), parent_digest=seen, message="Theirs")

    answer = client.post(
        "/plans/newspaper/revisions/1/restore/", {"parent": seen}, headers={"HX-Request": "true", "HX-Target": "x"}
    )

    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (409, "body", "innerHTML")


def test_ones_own_version_is_kept_on_top_of_the_other(plan: Plan, client: Client) -> None:
    mine = document.canonical(newspaper(notes="mine")).decode()
    sent = {"document": mine, "parent": digest(plan), "message": "Mine", "onward": "/plans/newspaper/"}

    answer = client.post("/plans/newspaper/keep/", sent)

    assert (answer.status_code, answer["Location"]) == (302, "/plans/newspaper/")
    assert [revisions.load(plan, number).notes for number in (2, 3)] == ["two", "mine"]


def test_a_second_conflict_is_shown_again(plan: Plan, client: Client) -> None:
    sent = {"document": document.canonical(newspaper(notes="mine")).decode(), "message": "Mine", "onward": "/"}

    answer = client.post("/plans/newspaper/keep/", {**sent, "parent": digest(plan, 1)})

    assert answer.status_code == 409


@pytest.mark.parametrize("onward", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_the_way_on_never_leads_elsewhere(onward: str, plan: Plan, client: Client) -> None:
    sent = {"document": document.canonical(newspaper(notes="mine")).decode(), "parent": digest(plan), "message": "Mine"}

    answer = client.post("/plans/newspaper/keep/", {**sent, "onward": onward})

    assert answer["Location"] == "/plans/newspaper/"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"document": "{", "message": "m", "parent": "0" * 64},
        {"document": json.dumps({"tierwright": 1}), "message": "m", "parent": "0" * 64},
        {"document": "{}", "message": "m", "parent": "short"},
    ],
)
def test_a_version_that_cannot_be_read_is_refused_with_a_sentence(
    sent: dict[str, str], plan: Plan, client: Client
) -> None:
    answer = client.post("/plans/newspaper/keep/", sent)

    assert answer.status_code == 422
    assert Revision.objects.filter(plan=plan).count() == 2


def test_a_plan_is_taken_off_the_list_and_put_back(plan: Plan, client: Client) -> None:
    off = client.post("/plans/newspaper/remove/", follow=True)
    away = client.get("/").text
    client.post("/plans/newspaper/bring-back/")

    assert "is off the list" in off.text
    assert 'action="/plans/newspaper/remove/"' not in away
    assert 'action="/plans/newspaper/remove/"' in client.get("/").text
