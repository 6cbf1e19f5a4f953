"""Invitations: a place in a team for an address, taken by a link that works once and for a week."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import datetime, timedelta
from smtplib import SMTPException

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from planner import audit, teams
from planner.models import Invitation, Membership, Role, Team
from planner.people import name_of

GOOD_FOR = timedelta(days=7)
MOST_OPEN = 50
"""Invitations of a team that wait at a time."""
_log = logging.getLogger(__name__)


def open_of(team: Team, *, now: datetime) -> QuerySet[Invitation]:
    """The team's invitations that nobody has taken yet, the ones that ran out included."""
    waiting = team.invitations.filter(accepted_at=None, revoked_at=None, expires_at__gt=now - 2 * GOOD_FOR)
    return waiting.select_related("invited_by")


def find(token: str, *, now: datetime) -> Invitation | None:
    """The invitation of a link, while it is good."""
    good = Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)
    return good.select_related("team", "invited_by").filter(token_hash=_hash(token)).first()


def why_not_invite(user: User, team: Team) -> str | None:
    """Asking somebody in."""
    return teams.why_not_manage(user, team) or (None if settings.ACCOUNTS else teams.NEEDS_ACCOUNTS)


def invite(user: User, team: Team, *, email: str, role: Role, now: datetime) -> bool:
    """Ask somebody in by a mail, and say whether the mail went out."""
    with transaction.atomic():
        teams.refuse(why_not_invite(user, team) or _why_not_address(team, email, now))
        token = secrets.token_urlsafe(32)
        invitation = Invitation.objects.create(
            team=team, email=email, role=role, token_hash=_hash(token), invited_by=user, expires_at=now + GOOD_FOR
        )
        # The audit is never changed, so that it names no address of somebody who may not want to be here.
        audit.write(team, user, "invite", data={"invitation": invitation.pk, "role": str(role)})
    return _mail(invitation, token)


def send_again(user: User, invitation: Invitation, *, now: datetime) -> bool:
    """Mail another link for the same place; the one before stops working."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        invitation = _waiting(user, invitation)
        invitation.token_hash, invitation.expires_at = _hash(token), now + GOOD_FOR
        invitation.save(update_fields=["token_hash", "expires_at"])
        audit.write(invitation.team, user, "send_invitation", data={"invitation": invitation.pk})
    return _mail(invitation, token)


@transaction.atomic
def revoke(user: User, invitation: Invitation, *, now: datetime) -> None:
    """Take an invitation back: its link stops working."""
    invitation = _waiting(user, invitation)
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])
    audit.write(invitation.team, user, "revoke_invitation", data={"invitation": invitation.pk})


def why_not_accept(user: User, invitation: Invitation) -> str | None:
    """Taking the place that an invitation offers."""
    if invitation.email.lower() not in _addresses(user):
        return f"this invitation is for another address than yours; log in with it, or ask {_who(invitation)} for one"
    role = teams.role_in(user, invitation.team)
    if role is not None:
        return f"you are in {invitation.team.name} already, as {role.label}; an owner of it can change your role"
    return None


@transaction.atomic
def accept(user: User, invitation: Invitation, *, now: datetime) -> Membership:
    """Take the place; the link works no second time."""
    teams.refuse(why_not_accept(user, invitation))
    good = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now)
    # Of two clicks at once only one takes it.
    teams.refuse(None if good.update(accepted_at=now) else "this invitation was used or taken back; ask for another")
    place = Membership.objects.create(team=invitation.team, user=user, role=invitation.role)
    audit.write(invitation.team, user, "join_team", data={"invitation": invitation.pk, "role": invitation.role})
    return place


def _waiting(user: User, invitation: Invitation) -> Invitation:
    """The invitation as it is now, where it can still be changed by the person."""
    teams.refuse(why_not_invite(user, invitation.team))
    found = Invitation.objects.select_for_update().filter(pk=invitation.pk, accepted_at=None, revoked_at=None).first()
    teams.refuse(None if found else "this invitation was accepted or taken back already")
    assert found is not None
    return found


def _why_not_address(team: Team, email: str, now: datetime) -> str | None:
    waiting = team.invitations.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)
    if waiting.filter(email__iexact=email).exists():
        return f"{email} is invited already; send that mail again, or take that invitation back first"
    if waiting.count() >= MOST_OPEN:
        return f"{MOST_OPEN} invitations of this team wait for an answer; take some back first"
    if Membership.objects.filter(team=team, user__email__iexact=email).exists():
        return f"whoever has the address {email} is in the team already; change their role instead"
    return None


def _addresses(user: User) -> set[str]:
    """The addresses that are the person's for certain, in lower case."""
    found = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return {address.lower() for address in found}


def _who(invitation: Invitation) -> str:
    return name_of(invitation.invited_by)


def _mail(invitation: Invitation, token: str) -> bool:
    about = {
        "invitation": invitation,
        "who": _who(invitation),
        "link": f"{settings.SITE_URL}{reverse('invitation', args=[token])}",
    }
    subject = f"[Tierwright] {_who(invitation)} asks you into {invitation.team.name}"
    text = render_to_string("mail/invitation.txt", about)
    try:
        EmailMessage(" ".join(subject.split()), text, to=[invitation.email]).send()
    except (OSError, SMTPException) as error:
        _log.warning("the mail of invitation %s did not go out: %s", invitation.pk, type(error).__name__)
        return False
    return True


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
