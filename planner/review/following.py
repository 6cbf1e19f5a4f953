"""What the review does after events that are not its own verbs: threads that block, rules and members that changed."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from planner import audit, processes
from planner.models import Event, Proposal
from planner.review.settling import JUDGED, note

TALK = frozenset({"start_thread", "resolve", "reopen_thread", "set_blocking"})
"""Verbs after which a thread may block, or no longer."""
RULING = frozenset({"add_rule", "remove_rule", "change_role", "remove_member", "leave_team", "change_team"})
"""Verbs after which other approvals count."""


def connect() -> None:
    """Listen to the audit; called once, when the site starts."""
    audit.written.connect(_follow, sender=Event, dispatch_uid="planner.review.following")


def _follow(event: Event, **said: Any) -> None:
    if event.verb in TALK and event.proposal is not None:
        note(Proposal.objects.get(pk=event.proposal))
    if event.verb in RULING and Proposal.objects.filter(plan__holding__team=event.team, state__in=JUDGED).exists():
        # After the commit, beside the pages: a team may have many proposals in review.
        transaction.on_commit(lambda: processes.start("settle_team", event.team.slug), robust=True)
