"""What follows from every verb: the state that the approvals make, and what lists show of the proposal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from planner import audit, checking
from planner.models import Proposal, State, Team
from planner.packed import built, stood
from planner.review.standing import Standing, standing
from topology import revisions
from topology.errors import TierwrightError
from topology.models import Revision
from topology.weighing import weigh_standing

JUDGED = (State.IN_REVIEW, State.APPROVED)
"""The states between which the approvals decide."""
RULES = "the rules"
"""Who did it, where a state follows from rules or members that somebody changed."""


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


def settle_team(team: Team) -> int:
    """Look at every proposal of a team in review again, as after its rules or its members have changed.

    Each in a transaction of its own; how many have another state, or approvals that no longer count.
    """
    waiting = Proposal.objects.filter(plan__holding__team=team, state__in=JUDGED).order_by("pk")
    return sum(_settle_one(team, pk) for pk in list(waiting.values_list("pk", flat=True)))


@transaction.atomic
def _settle_one(team: Team, pk: int) -> bool:
    rows = Proposal.objects.select_for_update(no_key=True, of=("self",))
    row = rows.select_related("plan", "draft", "base__plan", "author").get(pk=pk)
    was, before = str(row.state), dict(row.summary)
    settle(row)
    said: dict[str, Any] = {"state": [was, str(row.state)]} if row.state != was else {}
    if stale := newly_stale(row, before):
        said["stale"] = stale
    if said:
        audit.write(team, RULES, "settle", plan=row.plan, proposal=row, data=said, rows=(row,))
    return bool(said)


def note(proposal: Proposal) -> None:
    """Write down what lists show, after something that changes no state; on a row that the caller holds."""
    row = Proposal.objects.select_related("plan", "draft", "base__plan", "author").get(pk=proposal.pk)
    if row.is_open:
        found = standing(row, today=timezone.localdate())
        Proposal.objects.filter(pk=row.pk).update(summary=_summary(row, found, timezone.now()))


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
