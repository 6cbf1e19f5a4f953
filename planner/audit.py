"""The audit: what was done is written once, each row with the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model
from django.dispatch import Signal
from django.utils import timezone

from planner.models import (
    Approval,
    CheckWaiver,
    Comment,
    CommentVersion,
    Event,
    Evidence,
    Proposal,
    Suggestion,
    Team,
    Thread,
)
from topology.models import Plan, Revision

FIRST = "0" * 64
"""What stands in the place of the hash before the first event."""
SAID: Mapping[type[Model], tuple[str, ...]] = {
    Proposal: (
        *("plan_id", "draft_id", "base_id", "number", "title", "why", "author_id", "state", "decide_by"),
        *("accepted_id", "broke_glass", "created_at"),
    ),
    Approval: (
        *("proposal_id", "user_id", "revision_id", "seals", "content_digest", "note", "created_at", "rescinded_at"),
    ),
    CheckWaiver: ("proposal_id", "check_name", "evidence", "reason", "user_id", "created_at"),
    Evidence: ("proposal_id", "kind", "content_digest", "report", "user_id", "created_at"),
    Thread: (
        *("proposal_id", "anchor", "quote", "revision_id", "blocking", "created_at", "resolved_at", "resolved_by_id"),
    ),
    Comment: ("thread_id", "author_id", "guest", "text", "created_at", "edited_at"),
    CommentVersion: ("comment_id", "text", "until"),
    Suggestion: ("comment_id", "edits", "against", "applied_id"),
    Revision: ("seal",),
}
"""What an event vouches for of a row that it names: every field that means something."""
written = Signal()
"""Sent for each new event, in its transaction: notices and deliveries follow from it (`planner.telling`)."""
EXACT = 2**53
"""From here on a number is not the same in every database's JSON, so it is kept as text."""


@transaction.atomic
def write(
    team: Team,
    actor: User | str,
    verb: str,
    *,
    plan: Plan | None = None,
    proposal: Proposal | None = None,
    data: Mapping[str, Any] | None = None,
    rows: Iterable[Model] = (),
    at: datetime | None = None,
) -> Event:
    """Add an event to the team's chain, in the transaction of what it tells of; `actor` is a person or `guest NAME`.

    `rows` are those that the verb made or changed, of the kinds of `SAID`: the event keeps a digest of each, so that
    `manage.py verify_history` finds a row that was changed later without an event.
    """
    # Whoever writes for the same team waits here, so that the numbers have no gap and the chain no fork. Not for
    # update of the key: rows that belong to the team may come meanwhile, or two such transactions block each other.
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    named = [{"kind": kind_of(type(row)), "id": row.pk, "digest": digest_of(row)} for row in rows]
    last = Event.objects.filter(team=team).order_by("-number").first()
    event = Event(
        team=team,
        number=last.number + 1 if last else 1,
        at=at or timezone.now(),
        actor=actor if isinstance(actor, str) else actor.username,
        user=None if isinstance(actor, str) else actor,
        verb=verb,
        plan=plan.slug if plan else proposal.plan.slug if proposal else "",
        proposal=proposal.pk if proposal else None,
        data=plain({**(data or {}), **({"rows": named} if named else {})}),
        previous=last.hash if last else FIRST,
    )
    event.hash = hash_of(event)
    event.save(force_insert=True)
    written.send(sender=Event, event=event)
    return event


def hash_of(event: Event) -> str:
    """SHA-256 over everything that the event says, in hexadecimal."""
    said = {
        "team": event.team_id,
        "number": event.number,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": event.actor,
        "user": event.user_id,
        "verb": event.verb,
        "plan": event.plan,
        "proposal": event.proposal,
        "data": event.data,
        "previous": event.previous,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def kind_of(model: type[Model]) -> str:
    """What an event calls rows of a kind: `approval`, `commentversion`."""
    return str(model._meta.model_name)


def digest_of(row: Model) -> str:
    """SHA-256 over what a row says; of a revision its seal, which is that already."""
    if isinstance(row, Revision):
        return row.seal
    said = plain({name: getattr(row, name) for name in SAID[type(row)]})
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def plain(value: Any) -> Any:
    """A value as every database gives it back: text, numbers that JSON keeps, lists and mappings of them."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    return value.isoformat() if isinstance(value, date) else value if isinstance(value, bool | None) else str(value)


def _number(value: float) -> int | float | str:
    if not -EXACT < value < EXACT:  # neither is what is not a number
        return str(float(value))
    return int(value) if value == int(value) else value


def head_of(team: Team) -> str:
    """The hash of the team's newest event; what a bundle's manifest names."""
    newest = Event.objects.filter(team=team).order_by("-number").values_list("hash", flat=True).first()
    return newest or FIRST
