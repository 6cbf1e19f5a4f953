"""The rules of a team say whose yes an area needs; where none speaks, one approver is asked."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from planner.models import ReviewRule, Role
from planner.review.asking import ANY_APPROVER, Ask, asks_for, rules_of
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
CHANGED = ("tier:web", "role:nginx", "plan")


@pytest.fixture
def people() -> Cast:
    return cast()


def rule(of: Cast, area: str, people: Iterable[User] = (), **said: Any) -> None:
    row = ReviewRule.objects.create(team=of.team, area=area, **said)
    row.people.set(people)


def asked(people: Cast, *, added: float | None = 0.0) -> dict[str, list[Ask]]:
    found = asks_for(CHANGED, rules_of(people.team), added=added)
    return {area: list(asks) for area, asks in found.items()}


def test_without_rules_one_approver_is_asked_of_every_tier_and_the_plan(people: Cast) -> None:
    assert asked(people) == {"tier:web": [ANY_APPROVER], "plan": [ANY_APPROVER]}


def test_a_rule_of_an_area_stands_in_its_place(people: Cast) -> None:
    rule(people, "tier:web", number=2)

    found = asked(people)

    assert [ask.number for ask in found["tier:web"]] == [2]
    assert found["plan"] == [ANY_APPROVER]


def test_a_rule_for_every_area_adds_to_that_of_one(people: Cast) -> None:
    rule(people, "*", least_role=Role.OWNER)
    rule(people, "tier:web", people=[people.dave])

    found = asked(people)

    assert [ask.who for ask in found["tier:web"]] == ["an owner", "Dave"]
    assert [ask.who for ask in found["plan"]] == ["an owner"]


def test_a_role_is_asked_about_where_a_rule_names_it(people: Cast) -> None:
    rule(people, "role:nginx", people=[people.carol, people.dave])

    assert [ask.who for ask in asked(people)["role:nginx"]] == ["Carol or Dave"]


def test_a_rule_of_an_area_that_does_not_change_asks_nothing(people: Cast) -> None:
    rule(people, "tier:database", number=3)

    assert "tier:database" not in asked(people)


@pytest.mark.parametrize(("added", "numbers"), [(50.0, [1]), (100.0, [1]), (100.01, [2]), (None, [2])])
def test_a_rule_for_what_costs_more_applies_where_it_does_or_where_nobody_knows(
    people: Cast, added: float | None, numbers: list[int]
) -> None:
    rule(people, "tier:web", number=2, cost_above=Decimal("100"))

    assert [ask.number for ask in asked(people, added=added)["tier:web"]] == numbers


@pytest.mark.parametrize(("role", "counts"), [
    (None, False), (Role.COMMENTER, False), (Role.EDITOR, False), (Role.APPROVER, True), (Role.OWNER, True),
])  # fmt: skip
def test_only_an_approver_counts(role: Role | None, counts: bool) -> None:
    assert ANY_APPROVER.takes(1, role) is counts
    assert Ask(number=1, who="x", people=frozenset({1})).takes(1, role) is counts


def test_where_people_are_named_others_do_not_count() -> None:
    ask = Ask(number=1, who="x", people=frozenset({1}), least=Role.OWNER)

    assert ask.takes(1, Role.APPROVER)
    assert not ask.takes(2, Role.OWNER)


def test_a_rule_for_owners_takes_no_approver() -> None:
    ask = Ask(number=1, who="an owner", least=Role.OWNER)

    assert not ask.takes(1, Role.APPROVER)
    assert ask.takes(1, Role.OWNER)
