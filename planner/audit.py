"""The audit: what was done is written once, each row with the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from planner.models import Event, Proposal, Team
from topology.models import Plan

FIRST = "0" * 64
"""What stands in the place of the hash before the first event."""


@transaction.atomic
def write(
    team: Team,
    actor: User | str,
    verb: str,
    *,
    plan: Plan | None = None,
    proposal: Proposal | None = None,
    data: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Event:
    """Add an event to the team's chain, in the transaction of what it tells of; `actor` is a person or `guest NAME`."""
    # Whoever writes for the same team waits here, so that the numbers have no gap and the chain no fork.
    Team.objects.select_for_update().get(pk=team.pk)
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
        data=dict(data or {}),
        previous=last.hash if last else FIRST,
    )
    event.hash = hash_of(event)
    event.save(force_insert=True)
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


def head_of(team: Team) -> str:
    """The hash of the team's newest event; what a bundle's manifest names."""
    newest = Event.objects.filter(team=team).order_by("-number").values_list("hash", flat=True).first()
    return newest or FIRST
