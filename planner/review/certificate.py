"""What a bundle says of its own review: accepted by whom, or a draft; and the event of the audit that proves it."""

from __future__ import annotations

from typing import Any

from planner import plans
from planner.models import Approval, Event, Proposal
from topology.bundles import Bundle
from topology.models import Revision

ACCEPTING = ("accept", "break_glass")
JUDGING = (*ACCEPTING, "propose", "edit", "update", "approve", "rescind", "waive_check")
"""Verbs after which a bundle of a proposal may say something else. Talk is not among them."""


def certified(bundle: Bundle, revision: Revision) -> Bundle:
    """The bundle of a revision with what is to be said of its review; the same words as long as nothing is decided."""
    proposal = Proposal.objects.filter(accepted=revision).first()
    found = _accepted(proposal) if proposal else _draft(bundle, revision)
    return bundle.with_papers(plan=revision.plan.slug, revision=revision.number, **found)


def _accepted(proposal: Proposal) -> dict[str, Any]:
    event = _newest(proposal, ACCEPTING)
    given = event.data.get("approvals", ()) if event else ()
    names = sorted({approval["by"] for approval in given})
    proven = {"audit_head": event.hash if event else "", "broke_glass": proposal.broke_glass}
    return {"standing": "accepted", "approved_by": tuple(names), **proven}


def _draft(bundle: Bundle, revision: Revision) -> dict[str, Any]:
    proposal = plans.proposal_of(revision.plan)
    if proposal is None:
        return {"standing": "DRAFT"}
    rows = Approval.objects.filter(proposal=proposal, rescinded_at=None, content_digest=bundle.content_digest)
    names = sorted(set(rows.values_list("user__username", flat=True)))
    event = _newest(proposal, JUDGING)
    return {"standing": "DRAFT", "approved_by": tuple(names), "audit_head": event.hash if event else ""}


def _newest(proposal: Proposal, verbs: tuple[str, ...]) -> Event | None:
    return Event.objects.filter(proposal=proposal.pk, verb__in=verbs).order_by("-number").first()
