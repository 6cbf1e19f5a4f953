"""The history is proved whole, and whatever is changed, added or taken away behind our back is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from planner import audit
from planner.models import Approval, CheckWaiver, Comment, Event, Proposal, State, Thread
from planner.verifying import verify
from tests.cast import Cast, cast, head_of, proposal_at
from tests.lifting import lifted
from topology.models import Plan, Revision

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    """A team with an accepted proposal and a comment."""
    found = cast()
    proposal_at(State.ACCEPTED, found)
    return found


@contextmanager
def in_hand() -> Iterator[Any]:
    """A cursor for somebody who has the database in hand."""
    with lifted() as cursor:
        cursor.execute("DELETE FROM planner_notice")  # which hold on to events
        yield cursor


def breaks() -> list[str]:
    return [f"{broken.place} {broken.says}" for history in verify() for broken in history.breaks]


def test_a_history_that_nobody_touched_is_whole(people: Cast) -> None:
    [history] = verify()

    assert history.breaks == []
    assert (history.team, history.events) == ("paper", Event.objects.count())
    assert history.revisions == Revision.objects.count()
    assert history.head == audit.head_of(people.team)


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE planner_event SET actor = 'dave' WHERE number = 2", "event 2 does not match its own hash"),
        ("DELETE FROM planner_event WHERE number = 2", "event 3 comes after event 1"),
        ("UPDATE topology_revision SET message = 'Other' WHERE number = 2", "does not match its seal"),
        ("UPDATE topology_revision SET document = '{}' WHERE number = 2", "its document does not match its digest"),
        ("UPDATE planner_approval SET user_id = user_id + 1", "does not say what event"),
        ("UPDATE planner_approval SET note = 'fine'", "does not say what event"),
        ("DELETE FROM planner_approval", "is gone; event"),
        ("UPDATE planner_proposal SET state = 'approved'", "does not say what event"),
        ("UPDATE topology_plan SET head = 1 WHERE head = 2", "its newest revision is 1"),
    ],
)
def test_what_was_changed_by_hand_is_found(people: Cast, statement: str, place: str) -> None:
    with in_hand() as cursor:
        cursor.execute(statement)

    assert any(place in found for found in breaks()), breaks()


def test_a_row_that_no_event_names_is_found(people: Cast) -> None:
    proposal = Proposal.objects.get()
    approval = Approval.objects.create(
        proposal=proposal, user=people.dave, revision=head_of(proposal), seals={}, content_digest="x"
    )

    assert breaks() == [f"approval {approval.pk} is named by no event"]


def test_an_event_vouches_for_a_comment_until_another_does(people: Cast) -> None:
    proposal = Proposal.objects.get()
    thread = Thread.objects.create(proposal=proposal, revision=head_of(proposal))
    comment = Comment.objects.create(thread=thread, author=people.bob, text="Why three?")
    audit.write(people.team, people.bob, "start_thread", proposal=proposal, rows=(thread, comment))

    whole = breaks()
    Comment.objects.update(text="Why four?")

    assert whole == []
    assert [found for found in breaks() if "comment" in found]


def test_evidence_and_waivers_are_vouched_for_too() -> None:
    kinds = {audit.kind_of(model) for model in audit.SAID}

    assert kinds >= {audit.kind_of(CheckWaiver), "evidence", "suggestion", "commentversion"}


def test_a_value_in_another_spelling_is_found(people: Cast) -> None:
    keeps_text = connection.vendor == "sqlite"  # PostgreSQL keeps the value, which has one form alone
    with in_hand() as cursor:
        spaced = "' ' || seals" if keeps_text else "(' ' || seals::text)::jsonb"
        cursor.execute(f"UPDATE planner_approval SET seals = {spaced}")

    assert bool([found for found in breaks() if "another form" in found]) is keeps_text


def test_a_row_that_cannot_be_read_stops_nothing(people: Cast) -> None:
    if connection.vendor == "postgresql":  # takes no such value, whoever writes it
        with in_hand() as cursor, pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("UPDATE planner_event SET at = 'never' WHERE number = 3")
        return
    with in_hand() as cursor:
        cursor.execute("UPDATE planner_event SET actor = CAST(x'ff' AS TEXT) WHERE number = 2")
        cursor.execute("UPDATE planner_event SET at = 'never' WHERE number = 3")

    found = breaks()

    assert any("cannot be read" in says for says in found)
    assert any(says.startswith("event 3 does not match its own hash") for says in found)


def test_the_command_says_it_of_each_team(people: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_history")

    events, revisions = Event.objects.count(), Revision.objects.count()
    assert capsys.readouterr().out == f"paper: {events} events, {revisions} revisions: whole\n"


def test_the_command_ends_with_1_where_something_is_broken(people: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    Approval.objects.update(note="fine")

    with pytest.raises(SystemExit) as end:
        call_command("verify_history", "--json")

    answer = json.loads(capsys.readouterr().out)
    assert end.value.code == 1
    assert answer["whole"] is False
    assert "approval" in answer["teams"][0]["breaks"][0]["place"]


def test_the_head_that_a_manifest_names_is_found(people: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    event = Event.objects.get(number=2)

    call_command("verify_history", "--head", event.hash)

    assert "is event 2 of paper" in capsys.readouterr().err


def test_a_head_that_nobody_wrote_is_said(people: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        call_command("verify_history", "--head", "0" * 64)

    assert end.value.code == 2
    assert "no event has this hash" in capsys.readouterr().err


def test_it_asks_the_database_no_more_for_more_rows(people: Cast, django_assert_max_num_queries: Any) -> None:
    for _ in range(40):
        audit.write(people.team, people.alice, "look", plan=Plan.objects.first())

    with django_assert_max_num_queries(40):
        verify()
