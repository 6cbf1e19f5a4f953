"""Teams: who is in one and may do what there, and how it decides; every change is refused or is in the audit."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.text import slugify

from planner import audit
from planner.models import Invitation, Membership, ReviewRule, Role, Team
from planner.people import current, name_of
from planner.review import Refused
from topology.errors import Place, TierwrightError

MOST_OWNED = 20
"""Teams that one person owns."""
NEEDS_ACCOUNTS = (
    "this site runs for one person on this machine, so nobody can be asked in; start it with TIERWRIGHT_ACCOUNTS=1"
)
_TRIES = 20


def visible_to(user: User) -> QuerySet[Team]:
    """The teams that the person is in."""
    return Team.objects.filter(memberships__user=user)


def team_for(request: HttpRequest, slug: str) -> Team:
    """The team of that slug; for whoever is not in it there is none: 404."""
    found = visible_to(current(request)).filter(slug=slug).first()
    if found is None:
        raise Http404("There is no team at this address, or you are not in it.")
    return found


def places_of(user: User) -> QuerySet[Membership]:
    """The person's teams with their role, and how many people and plans each team has."""
    counts = {"people": Count("team__memberships", distinct=True), "plans": Count("team__holdings", distinct=True)}
    return Membership.objects.filter(user=user).select_related("team").annotate(**counts).order_by("team__name")


def members_of(team: Team) -> list[Membership]:
    """Everybody in the team: owners first, then by name."""
    found = team.memberships.select_related("user")
    return sorted(found, key=lambda place: (-Role(place.role).rank, name_of(place.user).lower(), place.pk))


def role_in(user: User, team: Team) -> Role | None:
    """The person's role in the team."""
    found = Membership.objects.filter(user=user, team=team).values_list("role", flat=True).first()
    return None if found is None else Role(found)


def refuse(why_not: str | None) -> None:
    """Raise the sentence, where there is one."""
    if why_not:
        raise Refused(why_not)


def why_not_manage(user: User, team: Team) -> str | None:
    """Changing who is in the team, and how it decides."""
    role = role_in(user, team)
    if role is Role.OWNER:
        return None
    if role is None:
        return "you are not in this team"
    return f"only an owner of {team.name} changes this; you are {_a(role)}"


def why_not_make(user: User) -> str | None:
    """Making a team."""
    if not settings.ACCOUNTS:
        return NEEDS_ACCOUNTS
    if Membership.objects.filter(user=user, role=Role.OWNER).count() >= MOST_OWNED:
        return f"you own {MOST_OWNED} teams, and more are not allowed; make somebody else the owner of one"
    return None


@transaction.atomic
def make(user: User, name: str) -> Team:
    """A new team, owned by the person."""
    refuse(why_not_make(user))
    team = _create(name)
    Membership.objects.create(team=team, user=user, role=Role.OWNER)
    audit.write(team, user, "make_team", data={"name": name})
    return team


def why_not_change_role(user: User, place: Membership, role: Role) -> str | None:
    """Giving a member another role."""
    if why_not := why_not_manage(user, place.team):
        return why_not
    if not role.reaches(Role(place.role)):
        return _why_not_lower(place, role)
    return None


@transaction.atomic
def change_role(user: User, place: Membership, role: Role) -> None:
    """Give a member another role."""
    place = _locked(place)
    refuse(why_not_change_role(user, place, role))
    if role == place.role:
        return
    before, place.role = place.role, role
    place.save(update_fields=["role"])
    data = {"member": place.user.username, "before": before, "after": str(role)}
    audit.write(place.team, user, "change_role", data=data)


def why_not_remove(user: User, place: Membership) -> str | None:
    """Taking a member out of the team; everybody may take out themselves."""
    if place.user_id != user.pk and (why_not := why_not_manage(user, place.team)):
        return why_not
    if not settings.ACCOUNTS:
        return "the people of the local team are the demo's; they stay"
    return _why_not_lower(place, None)


@transaction.atomic
def remove(user: User, place: Membership) -> None:
    """Take a member out of the team; what they did there stays theirs, but for their invitations, which end."""
    place = _locked(place)
    refuse(why_not_remove(user, place))
    verb = "leave_team" if place.user_id == user.pk else "remove_member"
    open_ones = Invitation.objects.filter(team=place.team, invited_by=place.user, accepted_at=None, revoked_at=None)
    ended = open_ones.update(revoked_at=timezone.now())
    data = {"member": place.user.username, "role": place.role, "invitations_ended": ended}
    audit.write(place.team, user, verb, data=data)
    place.delete()


def change(user: User, team: Team, said: Mapping[str, Any]) -> None:
    """Change the team's name, whether plans change by proposals alone, its lead time and its budget."""
    with transaction.atomic():
        refuse(why_not_manage(user, team))
        team = Team.objects.select_for_update().get(pk=team.pk)
        changed = {name: [_word(getattr(team, name)), _word(value)] for name, value in said.items()}
        changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
        if not changed:
            return
        for name in changed:
            setattr(team, name, said[name])
        team.save(update_fields=list(changed))
        audit.write(team, user, "change_team", data=changed)


def _word(value: Any) -> Any:
    return str(value.normalize()) if isinstance(value, Decimal) else value


def _why_not_lower(place: Membership, role: Role | None) -> str | None:
    """Why the member cannot do with a lower role, or with none."""
    team, name = place.team, name_of(place.user)
    owners = Membership.objects.filter(team=team, role=Role.OWNER)
    if place.role == Role.OWNER and not owners.exclude(pk=place.pk).exists():
        return f"{name} is the last owner of {team.name}; make somebody else an owner first"
    rule = ReviewRule.objects.filter(team=team, people=place.user_id).first()
    if rule is not None and (role is None or not role.reaches(Role.APPROVER)):
        # Without the name, or with the name of somebody who may not approve, it is not the rule that was meant.
        return f"the rule for {rule.area} names {name}; remove that rule first, or make it without them"
    return None


def _locked(place: Membership) -> Membership:
    """The membership as it is now; whoever changes the same team waits."""
    Team.objects.select_for_update().get(pk=place.team_id)
    found = Membership.objects.select_related("team", "user").filter(pk=place.pk).first()
    if found is None:
        raise Http404("This person is not in the team any more.")
    return found


def _a(role: Role) -> str:
    return f"{'an' if role.label[0] in 'aeo' else 'a'} {role.label}"


def _create(name: str) -> Team:
    wanted = slugify(name)[:30].strip("-") or "team"
    wanted = wanted if wanted[0].isalpha() else f"team-{wanted}"
    for _ in range(_TRIES):
        taken = set(Team.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
        slug = next(word for word in _numbered(wanted) if word not in taken)
        try:
            with transaction.atomic():
                return Team.objects.create(slug=slug, name=name)
        except IntegrityError:
            continue  # another process took the name between the look and the insert
    raise TierwrightError("many teams are being named so at this moment; try again", place=Place(path="name"))


def _numbered(word: str) -> list[str]:
    return [word, *(f"{word}-{number}" for number in range(2, 10_000))]
