"""The demo of a review: a proposal with a yes that holds, one that was overtaken, a suggestion and a failing check."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction

from planner import plans
from planner.models import Holding, Membership, Proposal, ReviewRule, Role, Team
from planner.people import local_person, local_team
from planner.review import actions, discussion, recording
from planner.review.moving import warm_design
from topology import demo, revisions
from topology.design import Design, Server, ServerCount, Tier
from topology.merging import edits_between
from topology.models import Plan
from topology.stages import evolve

PEOPLE = {
    "ana": ("Ana", Role.EDITOR),
    "ben": ("Ben", Role.APPROVER),
    "chi": ("Chi", Role.APPROVER),
}
"""Handles, names and roles of the cast: Ana proposes, Ben knows databases, Chi runs the servers."""
TITLE = "Two web servers behind a balancer"
WHY = """\
The forecast says that one web server is full before the summer, and a single one is down whenever it is updated.

- a second web server, and a balancer in front of both
- the cache on every web server, so that it grows with them
- uploads stay on the media server
"""
QUESTION = (
    "**One balancer is one machine whose failure takes the paper down**, and we promised 99.8 %. Two of them cost one"
    " small server more. @ana, shall we?"
)


def show(user: User) -> Plan:
    """The demo, made where it is not there yet; with accounts, each team has a plan of its own, without the cast."""
    if not settings.ACCOUNTS:
        return seed()
    team = plans.home_of(user)
    there = Plan.objects.filter(holding__team=team, slug__startswith=demo.SLUG, name=demo.NAME).first()
    if there is not None:
        revisions.bring_back(there)
        return there
    with transaction.atomic():
        plan = demo.grow()
        Holding.objects.create(plan=plan, team=team)
    return plan


def seed() -> Plan:
    """The demo plan with its people and an open proposal; what is there stays as it is."""
    plan = demo.seed()
    people = _people()
    Holding.objects.get_or_create(plan=plan, defaults={"team": local_team()})
    if not Proposal.objects.filter(plan=plan).exists():
        _propose(plan, people)
    return plan


def proposal(user: User) -> Proposal | None:
    """The open proposal of the demo, where the person sees it."""
    rows = Proposal.objects.filter(plan__slug=demo.SLUG, plan__in=plans.visible_to(user))
    return next((row for row in rows.select_related("plan") if row.is_open), None)


def reset() -> Plan:
    """The demo as it was at first: what is open is withdrawn, the plan goes back, and it is proposed again.

    Nothing is deleted: what was tried stays in the history.
    """
    plan = seed()
    owner = local_person()
    for proposal in Proposal.objects.filter(plan=plan):
        if proposal.is_open:
            actions.withdraw(owner, proposal)
    _go_back(plan, owner)
    _propose(plan, _people())
    return plan


def _go_back(plan: Plan, owner: User) -> None:
    first = revisions.load(plan, len(demo.HISTORY))
    head = revisions.get(plan)
    message = f"Restore revision {len(demo.HISTORY)}: the demo begins again"
    recording.save(owner, plan, first, parent_digest=head.digest, message=message)
    plan.refresh_from_db()


def _propose(plan: Plan, people: dict[str, User]) -> None:
    standing = revisions.load(plan)
    first = evolve(standing).view("load_balanced").design
    second = _with_one_more(first, "web")
    better = _with_one_more(second, "balancer")
    for design in (first, second, better):
        warm_design(design, beside=standing)  # before anybody waits for the database
    with transaction.atomic():
        _play(plan, people, first, second, better)


def _play(plan: Plan, people: dict[str, User], first: Design, second: Design, better: Design) -> None:
    ana, ben, chi = people["ana"], people["ben"], people["chi"]
    proposal = actions.propose(ana, plan, title=TITLE, why=WHY, design=first, message="The load-balanced stage")
    actions.open_review(ana, proposal)
    _approve(chi, proposal, "tier:web", "Fine with two.")
    recording.save(
        ana, proposal.draft, second, parent_digest=revisions.get(proposal.draft).digest,
        message="A third web server, so that one may be out at the peak",
    )  # fmt: skip
    _approve(ben, proposal, "tier:database", "The database takes the connections of all three.")
    discussion.start_thread(
        chi, proposal, anchor="tier:balancer", text=QUESTION, blocking=True, edits=edits_between(second, better)
    )


def _approve(user: User, proposal: Proposal, area: str, note: str) -> None:
    proposal.refresh_from_db()
    actions.approve(user, proposal, areas=[area], digest=revisions.get(proposal.draft).digest, note=note)


def _with_one_more(design: Design, name: str) -> Design:
    """One server more in a tier, of the type of its others."""

    def grown(tier: Tier) -> Tier:
        if tier.name != name:
            return tier
        if isinstance(tier.servers, ServerCount):
            return tier.model_copy(
                update={"servers": tier.servers.model_copy(update={"count": tier.servers.count + 1})}
            )
        last = tier.servers[-1]
        stem = last.name.rstrip("0123456789")
        new = Server(name=f"{stem}{len(tier.servers) + 1}", type=last.type)
        return tier.model_copy(update={"servers": (*tier.servers, new)})

    return design.model_copy(update={"tiers": tuple(grown(tier) for tier in design.tiers)})


@transaction.atomic
def _people() -> dict[str, User]:
    """The cast in the local team, and its rule: Ben is asked about the database."""
    local_person()
    team: Team = local_team()
    found = {}
    for handle, (name, role) in PEOPLE.items():
        unusable = make_password(None)
        user, _ = User.objects.get_or_create(username=handle, defaults={"first_name": name, "password": unusable})
        Membership.objects.get_or_create(team=team, user=user, defaults={"role": role})
        found[handle] = user
    _rules(team, found["ben"])
    return found


def _rules(team: Team, ben: User) -> None:
    if not ReviewRule.objects.filter(team=team).exists():
        ReviewRule.objects.create(team=team, area="*", number=1, least_role=Role.APPROVER)
        rule = ReviewRule.objects.create(team=team, area="tier:database", number=1, least_role=Role.APPROVER)
        rule.people.set([ben])
