"""What a person saw last of a proposal, and what others did to it since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Subquery

from planner import notices
from planner.models import Event, Proposal, Visit

MOST = 20
"""Events that are listed; there may be more."""


@dataclass(frozen=True, kw_only=True)
class Since:
    """What is new to a person."""

    revision: int
    """Number of the draft's revision that they saw last."""
    seen_at: datetime
    has_new_revision: bool
    """Whether the draft has changed since, by another than themselves."""
    events: tuple[Event, ...]
    """What others did, the newest first."""


def look(user: User, proposal: Proposal, *, at: datetime) -> Since | None:
    """Note that the person sees the proposal as it is; what is new to them, None where nothing is or they never did.

    Who looks again at what has not changed writes nothing: most of those who look only read.
    """
    rows = Event.objects.filter(proposal=proposal.pk).order_by("-number").values("number")[:1]
    seen = Visit.objects.filter(proposal=proposal, user=user).annotate(newest=Subquery(rows)).first()
    newest = rows.values_list("number", flat=True).first() if seen is None else seen.newest
    now = {"revision": proposal.draft.head, "event": newest or 0}
    if seen is not None and (seen.revision, seen.event) == (now["revision"], now["event"]):
        return None
    new = None if seen is None else _since(user, proposal, seen)
    notices.see_proposal(user, proposal, at=at)
    Visit.objects.update_or_create(proposal=proposal, user=user, defaults={**now, "seen_at": at})
    return new


def _since(user: User, proposal: Proposal, seen: Visit) -> Since | None:
    others = Event.objects.filter(proposal=proposal.pk, number__gt=seen.event).exclude(user=user)
    events = tuple(others.order_by("-number")[:MOST])
    changed = proposal.draft.revisions.filter(number__gt=seen.revision).exclude(author=user.username).exists()
    if not events and not changed:
        return None
    return Since(revision=seen.revision, seen_at=seen.seen_at, has_new_revision=changed, events=events)


def did_last(user: User, proposal: Proposal, verb: str) -> bool:
    """Whether the last thing that was done to the proposal is this, by this very person."""
    newest = Event.objects.filter(proposal=proposal.pk).order_by("-number").first()
    return newest is not None and (newest.verb, newest.user_id) == (verb, user.pk)
