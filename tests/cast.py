"""The cast of the tests: who is who in the team, and the stranger who is in none."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from planner import plans
from planner.models import Membership, Role, Team
from tests.builders import newspaper
from topology.models import Plan, Revision


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Everybody, and the plan that they hold."""

    team: Team
    plan: Plan
    revision: Revision
    alice: User
    """Editor; the author of proposals."""
    bob: User
    """Commenter."""
    carol: User
    """Approver."""
    dave: User
    """Another approver."""
    vera: User
    """Viewer."""
    olive: User
    """Owner."""
    charlie: User
    """In no team."""


ROLES = {
    "alice": Role.EDITOR,
    "bob": Role.COMMENTER,
    "carol": Role.APPROVER,
    "dave": Role.APPROVER,
    "vera": Role.VIEWER,
    "olive": Role.OWNER,
}


def cast() -> Cast:
    """Make the team `paper`, its people and its plan `newspaper`."""
    team = Team.objects.create(slug="paper", name="The paper")
    people = {name: person(name) for name in [*ROLES, "charlie"]}
    for name, role in ROLES.items():
        Membership.objects.create(team=team, user=people[name], role=role)
    revision = plans.start(people["alice"], newspaper(), name="The newspaper", message="First", team=team)
    return Cast(team=team, plan=revision.plan, revision=revision, **people)


def person(name: str) -> User:
    """Somebody with a handle, a name and an address."""
    return User.objects.create_user(name, email=f"{name}@example.com", first_name=name.title())
