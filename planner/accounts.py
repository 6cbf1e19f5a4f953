"""What an account is here: the handle it gets, who may make one, and how well it is protected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from allauth.account import app_settings
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from planner import audit
from planner.models import Invitation, Membership, Role, Team

INVITED = "invitation"
"""Key of the session: the invitation whose link was opened."""
LONGEST_HANDLE = 30


def handle_for(email: str) -> str:
    """A free handle out of an address: what stands before the @, without what follows a +."""
    said = email.partition("@")[0].partition("+")[0].lower()
    plain = re.sub(r"[^a-z0-9]+", "-", said).strip("-")[:LONGEST_HANDLE] or "person"
    taken = set(User.objects.filter(username__startswith=plain).values_list("username", flat=True))
    taken |= set(settings.ACCOUNT_USERNAME_BLACKLIST)
    return next(name for name in _numbered(plain) if name not in taken)


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}{number}" for number in count(2))


def admit(request: HttpRequest, invitation: Invitation) -> None:
    """Let whoever opened the link of an invitation sign up: the mail that held it reached their address."""
    request.session[INVITED] = invitation.pk
    request.session["account_verified_email"] = invitation.email


def invitation_of(request: HttpRequest) -> Invitation | None:
    """The invitation whose link was opened in this session, while it is good."""
    number = request.session.get(INVITED)
    waiting = Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())
    return waiting.select_related("team").filter(pk=number).first() if number else None


def may_sign_up(request: HttpRequest) -> bool:
    """Whether this browser may make an account: it was invited, or the site is open to all."""
    return settings.SIGNUP or invitation_of(request) is not None


def rename(user: User, name: str) -> None:
    """Change the name that others see."""
    user.first_name = name
    user.save(update_fields=["first_name"])


def places_of(user: User) -> list[Membership]:
    """The teams that the person is in, and what they may do there."""
    return list(user.memberships.select_related("team").order_by("team__name"))


@transaction.atomic
def make_owner(email: str, team_name: str) -> User:
    """Whoever is to begin: an account with a confirmed address, owner of the team; what is there already is kept."""
    found = find(email)
    user = found or User.objects.create_user(handle_for(email), email)
    if found is None:
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    team, _ = Team.objects.get_or_create(slug=slug_of(team_name), defaults={"name": team_name})
    before = Membership.objects.filter(team=team, user=user).values_list("role", flat=True).first()
    Membership.objects.update_or_create(team=team, user=user, defaults={"role": Role.OWNER})
    if before != Role.OWNER:
        audit.write(team, "console", "make_owner", data={"user": user.username, "before": before or ""})
    return user


def slug_of(name: str) -> str:
    """The part of addresses that stands for a team."""
    return slugify(name)[:40].strip("-")


def password_link(user: User) -> str:
    """The path of a page that sets a password; good for one time and for PASSWORD_RESET_TIMEOUT seconds."""
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})


def find(email: str) -> User | None:
    """Whose address it is for certain."""
    address = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user").first()
    return address.user if address else None


def end_sessions(user: User | None) -> int:
    """Log a person out of every browser, or everybody where it is None; how many sessions there were."""
    known = UserSession.objects.all() if user is None else UserSession.objects.filter(user=user)
    keys = list(known.values_list("session_key", flat=True))
    ended = Session.objects.all() if user is None else Session.objects.filter(session_key__in=keys)
    number, _ = ended.delete()
    known.delete()
    return number


@transaction.atomic
def switch(user: User, *, on: bool) -> int:
    """Close an account, or open it again; every team of the person is told by its audit. How many sessions ended."""
    if user.is_active != on:
        user.is_active = on
        user.save(update_fields=["is_active"])
        for place in places_of(user):
            verb = "open_account" if on else "close_account"
            audit.write(place.team, "console", verb, data={"user": user.username})
    return 0 if on else end_sessions(user)


def logged_in_for(request: HttpRequest) -> float:
    """Seconds since the login of this session; 0 where it has none."""
    methods = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return timezone.now().timestamp() - methods[0]["at"] if methods else 0.0


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether a password alone opened this session and nothing else ever would be asked for."""
    methods = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    if any(one["method"] == "socialaccount" for one in methods):
        return False  # single sign-on asks for what the company wants asked
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return not Authenticator.objects.filter(user=request.user, type__in=kinds).exists()


@dataclass(frozen=True, kw_only=True)
class Protected:
    """How well an account is protected."""

    app: bool
    """Whether an authenticator app is asked for its code."""
    passkeys: tuple[Authenticator, ...]
    codes_left: int
    """Recovery codes that were not used yet."""
    sessions: int
    """Browsers that are logged in."""

    @property
    def twofold(self) -> bool:
        """Whether a stolen password alone opens nothing."""
        return self.app or bool(self.passkeys)


def protection_of(user: User) -> Protected:
    """How well the account of `user` is protected, from two questions to the database."""
    found = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    codes = [one for one in found if one.type == Authenticator.Type.RECOVERY_CODES]
    return Protected(
        app=any(one.type == Authenticator.Type.TOTP for one in found),
        passkeys=tuple(one for one in found if one.type == Authenticator.Type.WEBAUTHN),
        codes_left=sum(len(one.wrap().get_unused_codes()) for one in codes),
        sessions=len(UserSession.objects.purge_and_list(user)),
    )
