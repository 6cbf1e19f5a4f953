"""Proposals over the API: from a design to the baseline, by the same verbs as the pages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import newspaper
from tests.cast import Cast
from tests.planner.api.conftest import Caller, read
from topology import document, revisions

CHANGED = document.to_data(newspaper(notes="more room"))


def propose(people: Cast, **more: Any) -> dict[str, Any]:
    """A proposal of alice's, in review."""
    sent = {"title": "More room", "document": CHANGED, "open_review": True, **more}
    answer = Caller(people.alice)("POST", "/plans/newspaper/proposals/", sent)
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = read(answer)
    return made


def test_a_proposal_begins_in_review(people: Cast) -> None:
    made = propose(people)

    assert (made["state"], made["author"], made["number"]) == ("in_review", "alice", 1)
    assert [row["id"] for row in read(Caller(people.vera)("GET", "/proposals/"))] == [made["id"]]


def test_its_documents_are_those_of_its_draft(people: Cast) -> None:
    made = propose(people)

    assert read(Caller(people.vera)("GET", f"/plans/{made['draft']}/document/"))["notes"] == "more room"


def test_where_it_stands_and_what_it_changes(people: Cast) -> None:
    made = propose(people)
    vera = Caller(people.vera)

    standing = read(vera("GET", f"/proposals/{made['id']}/standing/"))
    changes = read(vera("GET", f"/proposals/{made['id']}/changes/"))

    assert standing["digest"] == made["digest"]
    assert changes["changes"]


def test_an_approval_of_another_head_is_stale(people: Cast) -> None:
    made = propose(people)

    answer = Caller(people.carol)("POST", f"/proposals/{made['id']}/approve/", {"digest": "0" * 64, "areas": ["plan"]})

    assert answer.status_code == 409


def test_the_author_does_not_approve(people: Cast) -> None:
    made = propose(people)
    sent = {"digest": made["digest"], "areas": ["plan"]}

    assert Caller(people.alice)("POST", f"/proposals/{made['id']}/approve/", sent).status_code == 403


def test_glass_is_broken_by_an_owner_with_a_reason(people: Cast) -> None:
    made = propose(people)
    sent = {"digest": made["digest"], "reason": "The disk is full"}

    assert Caller(people.carol)("POST", f"/proposals/{made['id']}/break-glass/", sent).status_code == 403
    answer = Caller(people.olive)("POST", f"/proposals/{made['id']}/break-glass/", sent)

    assert (answer.status_code, read(answer)["state"]) == (200, "accepted")
    assert revisions.load(people.plan).notes == "more room"


def test_something_is_said_and_settled(people: Cast) -> None:
    made = propose(people)
    bob = Caller(people.bob)

    thread = read(bob("POST", f"/proposals/{made['id']}/threads/", {"text": "Why?", "anchor": "tier:web"}))
    reply = bob("POST", f"/threads/{thread['id']}/comments/", {"text": "Since there is more."})
    settled = bob("POST", f"/threads/{thread['id']}/resolve/")

    assert reply.status_code == 201
    assert settled.status_code == 200
    assert read(settled)["resolved_at"]


def test_an_outsider_sees_nothing_of_it(people: Cast) -> None:
    made = propose(people)
    thread = read(Caller(people.bob)("POST", f"/proposals/{made['id']}/threads/", {"text": "Why?"}))
    stranger = Caller(people.charlie)

    assert stranger("GET", f"/proposals/{made['id']}/").status_code == 404
    assert stranger("POST", f"/threads/{thread['id']}/resolve/").status_code == 404
    assert read(stranger("GET", "/proposals/?state=all")) == []


@pytest.mark.parametrize("plan", ["%00", "a%20b", "x" * 41])
def test_a_plan_that_no_slug_names_is_refused(plan: str, people: Cast) -> None:
    answer = Caller(people.alice)("GET", f"/proposals/?plan={plan}")

    assert answer.status_code == 422
    assert "plan" in read(answer)["says"]
