"""How a team makes its rules of review; what they then ask of a proposal is told by `planner.review.asking`."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from planner import audit, teams
from planner.models import Membership, ReviewRule, Role, Team
from planner.review import Refused
from topology import revisions
from topology.components import catalogue
from topology.errors import Place, TierwrightError
from topology.models import Revision, slug

EVERY, PLAN = "*", "plan"
MOST = 50
"""Rules of a team."""
DEEP = 20
"""Plans whose tiers are offered as areas."""


def rules_of(team: Team) -> QuerySet[ReviewRule]:
    """The team's rules, with the people they name."""
    return team.review_rules.prefetch_related("people")


def areas_of(team: Team) -> list[str]:
    """Areas that a rule may be for: those of the team's plans that were saved last, and every role there is."""
    heads = revisions.heads().filter(plan__holding__team=team)[:DEEP]
    found = Revision.objects.select_related("plan").filter(pk__in=[head.pk for head in heads])
    tiers = {tier.name for head in found for tier in revisions.design_of(head).tiers}
    return [
        EVERY,
        PLAN,
        *(f"tier:{name}" for name in sorted(tiers)),
        *(f"role:{name}" for name in sorted(catalogue().by_role)),
    ]


def approvers_of(team: Team) -> list[User]:
    """Whose yes can count, by name."""
    able = [role for role in Role if role.reaches(Role.APPROVER)]
    places = Membership.objects.filter(team=team, role__in=able).select_related("user").order_by("user__username")
    return [place.user for place in places]


@transaction.atomic
def add(
    user: User,
    team: Team,
    *,
    area: str,
    number: int,
    people: Collection[User] = (),
    least_role: Role = Role.APPROVER,
    cost_above: Decimal | None = None,
) -> ReviewRule:
    """A new rule of review; refused where nobody in the team could keep it."""
    team = Team.objects.select_for_update().get(pk=team.pk)
    teams.refuse(teams.why_not_manage(user, team))
    _check_area(area)
    _check_people(team, number, people, least_role)
    if team.review_rules.count() >= MOST:
        raise Refused(f"a team has at most {MOST} rules; remove one first")
    rule = ReviewRule.objects.create(team=team, area=area, number=number, least_role=least_role, cost_above=cost_above)
    rule.people.set(people)
    audit.write(team, user, "add_rule", data=_said(rule))
    return rule


@transaction.atomic
def remove(user: User, rule: ReviewRule) -> None:
    """Take a rule away."""
    teams.refuse(teams.why_not_manage(user, rule.team))
    audit.write(rule.team, user, "remove_rule", data=_said(rule))
    rule.delete()


def _said(rule: ReviewRule) -> dict[str, object]:
    return {
        "rule": rule.pk,
        "area": rule.area,
        "number": rule.number,
        "people": sorted(person.username for person in rule.people.all()),
        "least_role": rule.least_role,
        "cost_above": None if rule.cost_above is None else str(rule.cost_above),
    }


def _check_area(area: str) -> None:
    kind, _, name = area.partition(":")
    try:
        if kind == "role" and name not in catalogue().by_role:
            raise TierwrightError(f"there is no role {name}; the catalogue lists them all", place=Place(path="area"))
        if kind in ("tier", "role"):
            return slug(name)
    except ValidationError as error:
        raise TierwrightError(error.messages[0], place=Place(path="area")) from error
    if area not in (EVERY, PLAN):
        says = "an area is * for every one that changes, plan, tier:NAME or role:NAME"
        raise TierwrightError(says, place=Place(path="area"))
    return None


def _check_people(team: Team, number: int, people: Collection[User], least_role: Role) -> None:
    if people:
        strangers = sorted({person.username for person in people} - {person.username for person in approvers_of(team)})
        if strangers:
            raise TierwrightError(
                f"{', '.join(strangers)} cannot approve in {team.name}; make them approvers first",
                place=Place(path="people"),
            )
        able = len(people)
    else:
        able = sum(role.reaches(least_role) for role in map(Role, team.memberships.values_list("role", flat=True)))
    if number > able:
        raise TierwrightError(
            f"this asks for {number} different people and only {able} could say yes; name more, or ask for fewer",
            place=Place(path="number"),
        )
