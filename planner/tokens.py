"""Keys that are shown once: tokens of the API, and what the database keeps of them and of links."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from planner.models import ApiToken
from planner.review import Refused

SCOPES = {
    "read": "look at plans, proposals and what is said of them",
    "comment": "comment, reply and resolve",
    "write": "begin plans and proposals, save revisions",
    "approve": "approve, request changes, accept",
}
"""What a token may be for; none lets its bearer do what its owner may not."""
START = "tw_"


def secret() -> str:
    """A token that cannot be guessed: 32 bytes."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What the database keeps of a token: SHA-256, in hexadecimal; a random token needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def make(user: User, *, name: str, scopes: Collection[str], days: int | None = 90) -> tuple[ApiToken, str]:
    """A new token of the person, and its text, which nobody sees again."""
    if not name.strip():
        raise Refused("give the token a name, so that you know it again when you revoke one")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise Refused(f"choose what the token is for: {', '.join(SCOPES)}")
    text = START + secret()
    row = ApiToken.objects.create(
        user=user,
        name=name.strip()[:80],
        start=text[:9],
        token_hash=hash_of(text),
        scopes=sorted(scopes),
        expires_at=None if days is None else timezone.now() + timedelta(days=days),
    )
    return row, text


def find(text: str) -> ApiToken | None:
    """The token of that text, if it still counts."""
    now = timezone.now()
    alive = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now))
    found = ApiToken.objects.select_related("user").filter(alive, token_hash=hash_of(text), user__is_active=True)
    return found.first()


def mark_used(token: ApiToken, now: datetime) -> None:
    """Remember when it was last used, to the hour: a write for each request would be one too many."""
    if token.used_at is None or now - token.used_at > timedelta(hours=1):
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)


def revoke(user: User, pk: int) -> bool:
    """End one of the person's tokens; whether there was one."""
    return bool(ApiToken.objects.filter(pk=pk, user=user, revoked_at=None).update(revoked_at=timezone.now()))
