"""The cast of the tests: who is who in the team, and the stranger who is in none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from planner import plans
from planner.models import Membership, Proposal, Role, State, Team
from planner.review import actions
from planner.review.standing import standing
from tests.builders import newspaper
from topology import revisions
from topology.design import ServerCount
from topology.models import Plan, Revision

TODAY = date(2026, 11, 25)


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


def proposed(people: Cast, *, title: str = "A third web server", web: int = 3) -> Proposal:
    """A draft of alice's: the plan with so many web servers."""
    design = revisions.load(people.plan)
    tiers = tuple(
        tier.model_copy(update={"servers": ServerCount(count=web, type="medium")}) if tier.name == "web" else tier
        for tier in design.tiers
    )
    return actions.propose(people.alice, people.plan, title=title, design=design.model_copy(update={"tiers": tiers}))


def head_of(proposal: Proposal) -> Revision:
    """The newest revision of a proposal."""
    return revisions.get(proposal.draft)


def approved_by(user: User, proposal: Proposal) -> None:
    """The person says yes to every area that changes."""
    found = standing(proposal, today=TODAY)
    areas = [area.name for area in found.areas]
    actions.approve(user, proposal, areas=areas, digest=found.head.digest)


def proposal_at(state: str, people: Cast | None = None) -> Proposal:
    """A proposal of alice's that has come to a state by the verbs that lead there: carol judges, alice accepts."""
    found = people or cast()
    proposal = proposed(found)
    for verb in _WAYS[State(state)]:
        _DO[verb](found, proposal)
    return proposal


_WAYS: Mapping[State, tuple[str, ...]] = {
    State.DRAFT: (),
    State.IN_REVIEW: ("open_review",),
    State.CHANGES_REQUESTED: ("open_review", "request_changes"),
    State.APPROVED: ("open_review", "approve"),
    State.ACCEPTED: ("open_review", "approve", "accept"),
    State.WITHDRAWN: ("withdraw",),
    State.SUPERSEDED: ("supersede",),
}
_DO: Mapping[str, Callable[[Cast, Proposal], object]] = {
    "open_review": lambda people, proposal: actions.open_review(people.alice, proposal),
    "request_changes": lambda people, proposal: actions.request_changes(people.carol, proposal, note="Why not four?"),
    "approve": lambda people, proposal: approved_by(people.carol, proposal),
    "accept": lambda people, proposal: actions.accept(people.alice, proposal, digest=head_of(proposal).digest),
    "withdraw": lambda people, proposal: actions.withdraw(people.alice, proposal),
    "supersede": lambda people, proposal: actions.supersede(people.alice, proposal, by=None),
}
