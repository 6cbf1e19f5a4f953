"""Where a proposal stands, as plain data."""

from __future__ import annotations

from typing import Any

from planner.models import Approval
from planner.review.approvals import AreaStanding
from planner.review.standing import Behind, CheckRow, Standing


def to_document(found: Standing) -> dict[str, Any]:
    """Approvals of each area, checks with their evidence, what is missing, and whether it is behind."""
    return {
        "digest": found.head.digest,
        "revision": found.head.number,
        "approved": found.is_approved,
        "missing": list(found.missing),
        "trouble": found.trouble,
        "areas": [_area(area) for area in found.areas],
        "checks": [_check(row) for row in found.checks],
        "behind": _behind(found.behind) if found.behind else None,
        "blocking_threads": [thread.pk for thread in found.blocking],
    }


def _area(area: AreaStanding) -> dict[str, Any]:
    return {
        "name": area.name,
        "title": area.title,
        "met": area.met,
        "asked": [{"who": who, "number": number} for who, number in area.asked],
        "good": [_approval(approval) for approval in area.good],
        "stale": [{**_approval(approval), "why": why} for approval, why in area.stale],
    }


def _approval(approval: Approval) -> dict[str, Any]:
    return {
        "id": approval.pk,
        "by": approval.user.username,
        "at": approval.created_at.isoformat(),
        "revision": approval.revision.number,
        "content_digest": approval.content_digest,
        "note": approval.note,
    }


def _check(row: CheckRow) -> dict[str, Any]:
    waiver = row.waiver
    return {
        "name": row.name,
        "title": row.title,
        "outcome": row.outcome,
        "says": row.says,
        "evidence": row.evidence,
        "waiver": {"by": waiver.user.username, "reason": waiver.reason} if waiver else None,
    }


def _behind(behind: Behind) -> dict[str, Any]:
    return {
        "touched": list(behind.touched),
        "elsewhere": list(behind.elsewhere),
        "conflicts": [{"path": one.path, "says": one.says} for one in behind.conflicts],
    }
