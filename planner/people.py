"""Who is asking: the person of a request, and the one person of the local mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from typing import cast as taken_for

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from planner.models import Membership, Role, Team

if TYPE_CHECKING:
    Answer = Callable[[HttpRequest], HttpResponse]

LOCAL_HANDLE, LOCAL_TEAM = "you", "local"
ACTS_AS = "acts_as"
"""Key of the session: handle of the demo's person who is played, in the local mode."""


class LocalPerson:
    """Middleware: without accounts, every request is the local person's, or that of one of the demo whom they play."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set `request.user` before any view looks at it."""
        if not settings.ACCOUNTS:
            # Only a page that asks who is there asks the database.
            request.user = taken_for(User, SimpleLazyObject(lambda: _played(request) or local_person()))
        return self.get_response(request)


def _played(request: HttpRequest) -> User | None:
    """The demo's person whom the local person plays at the moment."""
    handle = request.session.get(ACTS_AS)
    return User.objects.filter(username=handle, memberships__team__slug=LOCAL_TEAM).first() if handle else None


def cast() -> QuerySet[User]:
    """Everybody of the local team: whom one can be in the local mode."""
    return User.objects.filter(memberships__team__slug=LOCAL_TEAM).order_by("pk")


def local_person() -> User:
    """The one person of the local mode: owner of the team `local`; made where it is not there yet."""
    found = User.objects.filter(username=LOCAL_HANDLE).first()
    return found or _make_local_person()


def local_team() -> Team:
    """The team of the local mode."""
    return Team.objects.get(slug=LOCAL_TEAM, memberships__user=local_person())


@transaction.atomic
def _make_local_person() -> User:
    unusable = make_password(None)
    user, _ = User.objects.get_or_create(username=LOCAL_HANDLE, defaults={"first_name": "You", "password": unusable})
    team, _ = Team.objects.get_or_create(slug=LOCAL_TEAM, defaults={"name": "Local"})
    Membership.objects.get_or_create(team=team, user=user, defaults={"role": Role.OWNER})
    return user


def current(request: HttpRequest) -> User:
    """The person of the request; the middleware and the door for logged-in people have seen to it."""
    assert isinstance(request.user, get_user_model())
    return request.user


def name_of(user: User | None) -> str:
    """What a page calls the person."""
    return (user.first_name or user.username) if user else "somebody"
