"""While a page reads, the database is asked for the same thing once; a verb asks anew each time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planner import plans
from planner.models import Membership, Role, Team
from planner.once import answer, asked_once, keep, kept
from tests.builders import newspaper
from tests.cast import cast
from topology.models import Plan


@pytest.fixture
def number() -> Iterator[int]:
    """1, 2, 3 ..."""
    return count(1)


def test_a_page_that_reads_asks_once(number: Iterator[int]) -> None:
    with asked_once():
        assert [answer("key", lambda: next(number)) for _ in range(3)] == [1, 1, 1]


def test_outside_of_such_a_page_everything_is_asked_anew(number: Iterator[int]) -> None:
    assert [answer("key", lambda: next(number)) for _ in range(3)] == [1, 2, 3]


def test_nothing_is_kept_from_one_page_to_the_next(number: Iterator[int]) -> None:
    for wanted in (1, 2):
        with asked_once():
            assert answer("key", lambda: next(number)) == wanted


def test_what_was_asked_for_with_something_else_is_kept_too() -> None:
    with asked_once():
        keep("key", 5)

        assert kept("key") == 5
    assert kept("key") is None


@pytest.mark.django_db
def test_the_newest_revisions_of_two_plans_are_one_question() -> None:
    people = cast()
    other = plans.start(people.alice, newspaper(name="other"), name="Other", message="First", team=people.team).plan

    with CaptureQueriesContext(connection) as asked:
        found = plans.heads_of(other, people.plan)

    assert [head.plan_id for head in found] == [other.pk, people.plan.pk]
    assert len(asked) == 1


@pytest.mark.django_db
def test_a_verb_learns_of_a_role_that_was_taken_away() -> None:
    people = cast()
    assert plans.role_of(people.bob, people.plan) == Role.COMMENTER

    Membership.objects.filter(user=people.bob).delete()

    assert plans.role_of(people.bob, people.plan) is None


@pytest.mark.django_db
def test_a_verb_learns_of_a_team_that_changed_its_rules() -> None:
    people = cast()
    plan = Plan.objects.select_related("holding__team").get(pk=people.plan.pk)

    Team.objects.update(only_proposals=True)

    assert plans.team_of(plan).only_proposals
