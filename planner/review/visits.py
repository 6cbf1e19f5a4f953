"""What a person saw last of a proposal, and what others did to it since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from planner import plans
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


@transaction.atomic
def look(user: User, proposal: Proposal, *, at: datetime) -> Since | None:
    """Note that the person sees the proposal as it is; what is new to them, None where nothing is or they never did."""
    seen = Visit.objects.filter(proposal=proposal, user=user).first()
    new = None if seen is None else _since(user, proposal, seen)
    newest = (
        Event.objects.filter(team=plans.team_of(proposal.plan)).order_by("-number").values_list("number", flat=True)
    )
    now = {"revision": proposal.draft.head, "event": newest.first() or 0, "seen_at": at}
    Visit.objects.update_or_create(proposal=proposal, user=user, defaults=now)
    return new


def _since(user: User, proposal: Proposal, seen: Visit) -> Since | None:
    others = Event.objects.filter(proposal=proposal.pk, number__gt=seen.event).exclude(user=user)
    events = tuple(others.order_by("-number")[:MOST])
    changed = proposal.draft.revisions.filter(number__gt=seen.revision).exclude(author=user.username).exists()
    if not events and not changed:
        return None
    return Since(revision=seen.revision, seen_at=seen.seen_at, has_new_revision=changed, events=events)
