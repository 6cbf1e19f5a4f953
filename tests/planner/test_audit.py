"""Events stand in one line a team, say the same from every database, and nobody changes them."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from planner import audit
from planner.models import Comment, Event, Proposal, State, Team, Thread
from tests.cast import Cast, cast, head_of, proposal_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def test_each_event_holds_the_hash_of_the_one_before(people: Cast) -> None:
    first = audit.write(people.team, people.alice, "look")
    second = audit.write(people.team, people.bob, "look", plan=people.plan, data={"x": 1})

    assert (first.number, first.previous) == (1, audit.FIRST)
    assert (second.number, second.previous, second.plan) == (2, first.hash, "newspaper")
    assert audit.head_of(people.team) == second.hash


def test_teams_have_lines_of_their_own(people: Cast) -> None:
    other = Team.objects.create(slug="other", name="Other")
    audit.write(people.team, people.alice, "look")

    assert audit.write(other, people.alice, "look").number == 1


def test_a_guest_is_told_by_name(people: Cast) -> None:
    event = audit.write(people.team, "guest Vera", "reply")

    assert (event.actor, event.user) == ("guest Vera", None)


def test_an_event_says_the_same_when_it_is_read_again(people: Cast) -> None:
    data = {
        "whole": 3.0,
        "part": 0.1,
        "large": 2.0**70,
        "none": None,
        "yes": True,
        "day": date(2026, 11, 25),
        "of": (1, 2),
    }

    event = audit.write(people.team, people.alice, "look", data=data, at=datetime(2026, 11, 25, 12, tzinfo=UTC))

    read = Event.objects.get(pk=event.pk)
    assert audit.hash_of(read) == read.hash == event.hash
    assert read.data == event.data == {**data, "large": "1.1805916207174113e+21", "day": "2026-11-25", "of": [1, 2]}


@pytest.mark.parametrize(("value", "kept"), [
    (1.0, 1), (-0.0, 0), (0.5, 0.5), (True, True), (None, None), (2**53, "9007199254740992.0"), (math.inf, "inf"),
    (math.nan, "nan"), ({1: (2, {3})}, {"1": [2, [3]]}), (State.DRAFT, "draft"), ({"b", "a"}, ["a", "b"]),
])  # fmt: skip
def test_values_are_kept_in_a_form_that_every_database_gives_back(value: Any, kept: Any) -> None:
    found = audit.plain(value)

    assert found == kept
    assert type(found) is type(kept)


def test_a_time_is_told_in_one_zone() -> None:
    berlin = datetime(2026, 11, 25, 13, tzinfo=timezone(timedelta(hours=1)))

    assert audit.plain(berlin) == "2026-11-25T12:00:00.000000+00:00"


def test_the_hash_is_over_everything_that_is_said(people: Cast) -> None:
    event = audit.write(people.team, people.alice, "look", plan=people.plan, data={"x": 1})
    changes = {"number": 2, "actor": "bob", "user_id": people.bob.pk, "verb": "edit", "plan": "", "proposal": 1,
               "data": {"x": 2}, "previous": "1" * 64, "at": datetime(2026, 11, 25, tzinfo=UTC)}  # fmt: skip

    for name, value in changes.items():
        other = Event.objects.get(pk=event.pk)
        setattr(other, name, value)
        assert audit.hash_of(other) != event.hash, name


@pytest.mark.parametrize(
    "change",
    [lambda rows: rows.update(actor="bob"), lambda rows: rows._raw_delete("default")],
    ids=["update", "delete"],
)
def test_the_database_refuses_to_change_an_event(people: Cast, change: Callable[[Any], object]) -> None:
    audit.write(people.team, people.alice, "look")

    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        change(Event.objects.all())


def test_rows_are_named_with_what_they_say(people: Cast) -> None:
    proposal = proposal_at(State.DRAFT, people)
    thread = Thread.objects.create(proposal=proposal, revision=head_of(proposal))
    comment = Comment.objects.create(thread=thread, author=people.bob, text="Why?")

    event = audit.write(people.team, people.bob, "start_thread", proposal=proposal, rows=(thread, comment))

    assert event.data["rows"] == [
        {"kind": "thread", "id": thread.pk, "digest": audit.digest_of(Thread.objects.get(pk=thread.pk))},
        {"kind": "comment", "id": comment.pk, "digest": audit.digest_of(Comment.objects.get(pk=comment.pk))},
    ]


def test_what_lists_show_is_not_vouched_for(people: Cast) -> None:
    proposal = proposal_at(State.DRAFT, people)
    before = audit.digest_of(proposal)
    Proposal.objects.update(summary={"sentence": "Other"})

    assert audit.digest_of(Proposal.objects.get()) == before


@pytest.mark.parametrize("model", audit.SAID)
def test_every_field_of_a_row_is_vouched_for_or_left_out_on_purpose(model: Any) -> None:
    left_out = {"id", "updated_at", "summary"}
    fields = {field.attname for field in model._meta.concrete_fields}

    assert audit.kind_of(model) == "revision" or fields - set(audit.SAID[model]) <= left_out
