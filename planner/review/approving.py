"""Verbs of those who judge: approve areas of what they saw, take it back, take on a failing check, add evidence."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from planner import plans
from planner.models import Approval, CheckWaiver, Evidence, Proposal
from planner.review import Stale, policies, sealing
from planner.review.moving import Move, checked, listed, moving, readable, required
from planner.review.standing import check_rows, sealed_or_trouble
from topology.areas import title_of
from topology.errors import Place, TierwrightError
from topology.models import Revision

MOST_REASON = 300
LARGEST_REPORT = 1_000_000
"""Bytes of JSON."""
LARGEST_NUMBER = 10**300
"""Beyond it nothing that was measured lies, and no floating-point number."""
DEEPEST = 50
"""Levels of a report."""


def approve(user: User, proposal: Proposal, *, areas: Collection[str], digest: str, note: str = "") -> Approval:
    """Say yes to areas of the revision with that digest, which the person saw; Stale where there is a newer one."""
    note = readable(note, path="note")
    with moving(user, proposal, "approve") as move:
        head = move.head(digest)
        sealed = sealing.sealed(head)
        wanted = _changed(areas, move, sealed)
        seals = {area: sealed.seal(area).as_data() for area in wanted}
        if again := _said_again(move, head, seals, note):
            return again
        approval = Approval(
            proposal=move.proposal,
            user=user,
            revision=head,
            seals=seals,
            content_digest=sealed.content_digest,
            note=note,
        )
        checked(approval, "note")
        approval.save(force_insert=True)
        data = {"areas": wanted, "revision": head.number, "digest": head.digest, "seals": approval.seals}
        move.done(approval, head, data={**data, "content_digest": sealed.content_digest, "approval": approval.pk})
    return approval


def _said_again(move: Move, head: Revision, seals: Mapping[str, Any], note: str) -> Approval | None:
    """The last yes of the person, where it says all of this: the form was sent twice."""
    mine = Approval.objects.filter(proposal=move.proposal, user=move.user, rescinded_at=None)
    last = mine.order_by("-pk").first()
    return last if last and (last.revision_id, last.seals, last.note) == (head.pk, seals, note) else None


def _changed(areas: Collection[str], move: Move, after: sealing.Sealed) -> list[str]:
    """The areas that are asked for, each of which must change."""
    before, _ = sealed_or_trouble(move.proposal.base)
    able = sealing.changed(before, after)
    if not areas:
        raise TierwrightError("name at least one area", place=Place(path="areas"))
    for area in areas:
        if area not in able:
            raise TierwrightError(f"the proposal does not change {title_of(area)}", place=Place(path="areas"))
    return [area for area in able if area in areas]


def rescind(user: User, proposal: Proposal) -> None:
    """Take back every yes that the person gave to the proposal; the rows stay."""
    with moving(user, proposal, "rescind") as move:
        rows = list(Approval.objects.filter(proposal=move.proposal, user=user, rescinded_at=None))
        for row in rows:
            row.rescinded_at = timezone.now()
            row.save(update_fields=["rescinded_at"])
        move.done(*rows, data={"approvals": listed(rows)})


def waive_check(user: User, proposal: Proposal, *, check: str, evidence: str, reason: str) -> None:
    """Take on a failing check by name, for the evidence that the person saw; Stale where it says something else now."""
    said = required(reason, path="reason", most=MOST_REASON, says="say why this failure can be lived with")
    with moving(user, proposal, "waive_check") as move:
        head = move.head()
        _refuse_other_evidence(move, head, check, evidence)
        waiver = CheckWaiver(proposal=move.proposal, check_name=check, evidence=evidence, reason=said, user=user)
        checked(waiver, "check_name", "evidence", "reason")
        waiver.save(force_insert=True)
        move.done(waiver, head, data={"check": check, "evidence": evidence, "reason": said, "revision": head.number})


def _refuse_other_evidence(move: Move, head: Revision, check: str, evidence: str) -> None:
    team = plans.team_of(move.proposal.plan)
    rows = check_rows(move.proposal, head, team, timezone.localdate())
    found = next((row for row in rows if row.name == check), None)
    if found is None:
        raise TierwrightError(f"there is no check {check}", place=Place(path="check"))
    if found.outcome != "fail":
        raise TierwrightError(f"{check} does not fail, so there is nothing to take on", place=Place(path="check"))
    if found.evidence != evidence:
        raise Stale("the check says something else now than what you saw; read it again before you take it on")


def add_evidence(
    user: User, proposal: Proposal, *, kind: str, content_digest: str, report: Mapping[str, Any]
) -> Evidence:
    """Attach what was measured of the bundle with that digest, such as the report of a rehearsal."""
    with moving(user, proposal, "add_evidence", rule=policies.why_not_add_evidence) as move:
        row = Evidence(proposal=move.proposal, kind=kind, content_digest=content_digest, report=dict(report), user=user)
        _refuse_report(row)
        row.save(force_insert=True)
        move.done(row, data={"evidence": row.pk, "kind": kind, "content_digest": content_digest})
    return row


def _refuse_report(row: Evidence) -> None:
    checked(row, "kind", "content_digest")
    try:
        size = len(json.dumps(row.report, ensure_ascii=False, allow_nan=False).encode())
    except (ValueError, RecursionError) as error:
        raise _unkept("numbers that are none, or halves of characters, are in the report") from error
    if size > LARGEST_REPORT:
        raise _unkept("the report is too large to keep")
    if not _is_kept(row.report):
        raise _unkept("the report holds what a database does not keep: NUL, a huge number, or too many levels")


def _is_kept(value: Any, depth: int = 0) -> bool:
    """Whether every database gives it back as it was sent."""
    if isinstance(value, Mapping | list):
        inner = [*value, *value.values()] if isinstance(value, Mapping) else value
        return depth < DEEPEST and all(_is_kept(item, depth + 1) for item in inner)
    if isinstance(value, int):
        return abs(value) < LARGEST_NUMBER
    return not isinstance(value, str) or "\x00" not in value


def _unkept(sentence: str) -> TierwrightError:
    return TierwrightError(sentence, place=Place(path="report"))
