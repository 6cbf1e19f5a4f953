"""What follows from every verb: the state that the approvals make, and what lists show of the proposal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from planner import checking
from planner.models import Proposal, State, Team
from planner.packed import built, stood
from planner.review.standing import Standing, standing
from topology import revisions
from topology.errors import TierwrightError
from topology.models import Revision
from topology.weighing import weigh_standing

JUDGED = (State.IN_REVIEW, State.APPROVED)
"""The states between which the approvals decide."""


def settle(proposal: Proposal, *, now: datetime | None = None) -> Standing | None:
    """Give an open proposal the state that follows from its approvals, and write down what lists show of it.

    In the transaction of the verb, on the row that the verb holds.
    """
    at = now or timezone.now()
    proposal.updated_at = at
    found = standing(proposal, today=timezone.localdate(at)) if proposal.is_open else None
    if found is not None and proposal.state in JUDGED:
        proposal.state = State.APPROVED if found.is_approved else State.IN_REVIEW
    proposal.summary = _summary(proposal, found, at)
    proposal.save()
    if found is not None and proposal.state in JUDGED and not found.trouble:
        _ask_programs(found.head)
    return found


@transaction.atomic
def settle_team(team: Team) -> None:
    """Look at every open proposal of a team again, as after its rules or its members have changed."""
    rows = Proposal.objects.select_for_update(no_key=True, of=("self",)).filter(
        plan__holding__team=team, state__in=JUDGED
    )
    for proposal in rows.select_related("plan", "draft", "base", "author").order_by("pk"):
        settle(proposal)


def newly_stale(proposal: Proposal, before: dict[str, Any]) -> list[int]:
    """Ids of the approvals that counted before the verb and do not now: their people are told."""
    return sorted(set(proposal.summary.get("stale", ())) - set(before.get("stale", ())))


def _summary(proposal: Proposal, found: Standing | None, at: datetime) -> dict[str, Any]:
    if found is None:  # what was decided keeps the sentence that it was decided on
        return {"sentence": proposal.summary.get("sentence", ""), "missing": [], "unmet": [], "stale": []}
    return {
        "sentence": _sentence(found, at, proposal),
        "missing": list(found.missing),
        "unmet": [area.name for area in found.areas if not area.met],
        "stale": [approval.pk for approval in found.stale],
    }


def _sentence(found: Standing, at: datetime, proposal: Proposal) -> str:
    old, new = (stood(revisions.design_of(revision)) for revision in (found.base, found.head))
    try:
        return weigh_standing(old, new, today=timezone.localdate(at)).sentence
    except TierwrightError as error:
        return error.sentence


def _ask_programs(head: Revision) -> None:
    """Once what was done is there for others to see, the real programs look at the files."""
    transaction.on_commit(lambda: _begin(head), robust=True)


def _begin(head: Revision) -> None:
    checking.look_up(built(revisions.design_of(head)), head)
