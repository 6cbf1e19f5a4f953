"""The only door of pages to plans: which ones a person sees, whose they are, how one begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, F, Q, QuerySet
from django.http import Http404, HttpRequest

from planner.models import Holding, Membership, Proposal, Role, State, Team
from planner.once import answer, is_reading, keep, kept
from planner.people import LOCAL_TEAM, current, local_person
from topology import revisions
from topology.design import Design
from topology.models import Plan, Revision

LARGEST = 2**63
"""No database counts its rows further."""

_ABLE = [role for role in Role if role.reaches(Role.EDITOR)]


def visible_to(user: User) -> QuerySet[Plan]:
    """The plans that the person may look at, on the lists or not; without the drafts of proposals."""
    return _with_drafts(user).filter(proposal=None)


def heads(user: User, *, removed: bool = False) -> QuerySet[Revision]:
    """The newest revision of every plan that the person sees on the lists (or off them), the last saved first."""
    return revisions.heads(removed=removed).filter(plan__in=visible_to(user))


def seen_with(user: User, digest: str) -> Revision | None:
    """A revision with this very design that the person may look at: what follows from it is theirs to see then."""
    found = Revision.objects.filter(digest=digest, plan__in=_with_drafts(user)).select_related("plan")
    return found.order_by("-created_at", "-pk").first()


def look_up(user: User, slug: str) -> Plan | None:
    """The plan or draft of that slug, where the person may look at it."""
    return _with_drafts(user).filter(slug=slug).select_related("holding__team").first()


def plan_for(request: HttpRequest, slug: str) -> Plan:
    """The plan or draft of that slug; for whoever may not look at it there is none: 404."""
    found = look_up(current(request), slug)
    if found is None:
        raise Http404("There is no plan at this address, or it is of a team that you are not in.")
    return found


def proposal_for(request: HttpRequest, pk: int) -> Proposal:
    """The proposal of that number; 404 for whoever may not look at the plan that it is for."""
    targets = _with_drafts(current(request)).filter(proposal=None)
    wanted = Proposal.objects.filter(pk=pk, plan__in=targets) if pk < LARGEST else Proposal.objects.none()
    found = wanted.select_related("plan__holding__team", "draft", "base", "author", "accepted").first()
    if found is None:
        raise Http404("There is no proposal at this address, or it is of a team that you are not in.")
    return found


def team_of(plan: Plan) -> Team:
    """Whose the plan is; a draft is of the team of its target."""
    return answer(("team", plan.pk), lambda: _team_of(plan))


def _team_of(plan: Plan) -> Team:
    # What a query brought along is good enough for a page that reads; a verb asks again, with the lock in hand.
    holding: Holding | None = plan._state.fields_cache.get("holding") if is_reading() else None
    if holding is None:
        own_or_target = Q(plan=plan) | Q(plan__proposals__draft=plan)
        holding = Holding.objects.select_related("team").filter(own_or_target).first()
    if holding is not None:
        return holding.team
    if not settings.ACCOUNTS:
        local_person()  # a plan from before there were teams is the local team's
        return Team.objects.get(slug=LOCAL_TEAM)
    raise Http404("This plan is of no team; an owner gives it one with `manage.py hold PLAN TEAM`.")


def role_of(user: User, plan: Plan) -> Role | None:
    """What the person may do with the plan; None for an outsider."""
    found = role_in(user, team_of(plan))
    return None if found is None else Role(found)


def role_in(user: User, team: Team) -> str | None:
    """The person's role in the team, as the database writes it."""
    roles = kept(("roles", team.pk))
    if roles is not None:
        return cast(Mapping[int, Role], roles).get(user.pk)
    places = Membership.objects.filter(user=user, team=team)
    return answer(("role", user.pk, team.pk), lambda: places.values_list("role", flat=True).first())


def roles_of(team: Team) -> Mapping[int, Role]:
    """Id of each member -> role."""
    rows = Membership.objects.filter(team=team).values_list("user", "role")
    return answer(("roles", team.pk), lambda: {user: Role(role) for user, role in rows})


def heads_of(*found: Plan) -> tuple[Revision, ...]:
    """The newest revision of each of some plans, asked for together."""
    known = {plan.pk: kept(("head", plan.pk)) for plan in found}
    lacking = [plan for plan in found if known[plan.pk] is None]
    rows = Revision.objects.select_related("plan").filter(plan__in=lacking, number=F("plan__head")) if lacking else ()
    for row in rows:
        known[row.plan_id] = keep(("head", row.plan_id), row)
    return tuple(cast(Revision, known[plan.pk]) for plan in found)


def open_proposals(plan: Plan) -> QuerySet[Proposal]:
    """What the plan may become next, the last touched first."""
    waiting = [state for state in State if state.is_open]
    return Proposal.objects.filter(plan=plan, state__in=waiting).select_related("author").defer("why")


def proposal_of(plan: Plan) -> Proposal | None:
    """The proposal whose draft the plan is."""
    return Proposal.objects.select_related("plan", "author", "base").filter(draft=plan).first()


@transaction.atomic
def start(user: User, design: Design, *, name: str, message: str, team: Team | None = None) -> Revision:
    """Make a plan with its first revision, held by the team: by default the person's first that lets them edit."""
    home = home_of(user, team)
    revision = revisions.start(design, name=name, message=message, author=user.username)
    Holding.objects.create(plan=revision.plan, team=home)
    return revision


def home_of(user: User, team: Team | None = None) -> Team:
    """The team that gets what the person begins: the one named, or their first; 403 where they may not edit there."""
    homes = [home for home in homes_of(user) if team is None or home == team]
    if not homes:
        says = f"{team.name} does not let you" if team else "None of your teams lets you"
        raise PermissionDenied(f"{says} begin a plan. Ask an owner to make you an editor.")
    return homes[0]


def homes_of(user: User) -> list[Team]:
    """The teams in which the person may begin a plan, the one they came to first first."""
    places = Membership.objects.filter(user=user, role__in=_ABLE).select_related("team").order_by("pk")
    return [place.team for place in places]


def changeable_by(user: User) -> QuerySet[Plan]:
    """The plans whose team lets the person edit."""
    return _of(Membership.objects.filter(user=user, role__in=_ABLE)).filter(proposal=None)


def team_named(user: User, slug: str) -> Team:
    """One of the person's teams; 404 where it is not theirs, 403 where it lets them begin nothing."""
    place = Membership.objects.filter(user=user, team__slug=slug).select_related("team").first()
    if place is None:
        raise Http404("There is no such team, or you are not in it.")
    if not Role(place.role).reaches(Role.EDITOR):
        raise PermissionDenied(
            f"You are {Role(place.role).label} in {place.team.name}. To begin a plan takes an editor."
        )
    return place.team


def _with_drafts(user: User) -> QuerySet[Plan]:
    return _of(Membership.objects.filter(user=user))


def _of(places: QuerySet[Membership]) -> QuerySet[Plan]:
    """Plans and drafts of the teams of these memberships."""
    teams = places.values("team")
    seen = Q(holding__team__in=teams) | Q(proposal__plan__holding__team__in=teams)
    if not settings.ACCOUNTS:
        seen |= Q(Exists(places.filter(team__slug=LOCAL_TEAM)), holding=None)
    return Plan.objects.filter(seen, head__gt=0)
