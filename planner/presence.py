"""Who has a plan open at this moment, and what they are doing with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from planner.models import Presence
from topology.models import Plan

PING_SECONDS = 10
GONE_AFTER = timedelta(seconds=30)
"""After three pings that did not come."""
DOINGS = {"editing": "is editing", "reviewing": "is reviewing", "looking": "is looking"}


@dataclass(frozen=True, kw_only=True)
class Here:
    """Another person who has it open."""

    user: User
    doing: str
    says: str


def ping(user: User, plan: Plan, *, doing: str, now: datetime) -> tuple[Here, ...]:
    """Say that the person has the plan open, and hear who else does."""
    doing = doing if doing in DOINGS else "looking"
    Presence.objects.update_or_create(user=user, plan=plan, defaults={"doing": doing, "seen_at": now})
    return others(user, plan, now=now)


def others(user: User, plan: Plan, *, now: datetime) -> tuple[Here, ...]:
    """Who else has the plan open."""
    rows = Presence.objects.filter(plan=plan, seen_at__gt=now - GONE_AFTER).exclude(user=user).select_related("user")
    return tuple(
        Here(user=row.user, doing=row.doing, says=DOINGS.get(row.doing, DOINGS["looking"])) for row in rows[:20]
    )


def forget(*, now: datetime) -> int:
    """Drop the rows of people who left long ago."""
    return Presence.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()[0]
