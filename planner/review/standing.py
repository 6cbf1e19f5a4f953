"""Where a proposal stands: approvals, checks, open threads, how far it is behind, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner import plans
from planner.models import Approval, CheckWaiver, Proposal, Team, Thread
from planner.review import sealing
from planner.review.approvals import AreaStanding, added_cost, ballot_of
from planner.review.checks import Outcome, Said, Subject, checks
from planner.review.sealing import Sealed
from topology import revisions
from topology.errors import TierwrightError
from topology.merging import FieldConflict, meeting, merge, touches
from topology.models import Revision

NAMED = 3
"""Places that a sentence names before it only counts them."""
EMPTY = Sealed(areas={}, content_digest="", assumptions="")
"""What stands for a design whose files cannot be written: everything after it is new."""


@dataclass(frozen=True, kw_only=True)
class CheckRow:
    """A check and what it says now."""

    name: str
    title: str
    outcome: Outcome
    says: str
    evidence: str
    """Digest of what it says: a waiver is for this and nothing else."""
    waiver: CheckWaiver | None

    @property
    def stops(self) -> bool:
        """It keeps the proposal from being accepted."""
        return self.outcome in ("fail", "running")


@dataclass(frozen=True, kw_only=True)
class Behind:
    """The baseline has moved since the proposal was cut from it."""

    touched: tuple[str, ...]
    """Paths that both changed."""
    elsewhere: tuple[str, ...]
    """Paths that the baseline changed alone."""
    conflicts: tuple[FieldConflict, ...]
    """Fields that somebody has to decide about."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Everything that decides about a proposal."""

    head: Revision
    """The draft's newest."""
    base: Revision
    """Of the target: what the draft was cut from, or last brought up to."""
    areas: tuple[AreaStanding, ...]
    checks: tuple[CheckRow, ...]
    behind: Behind | None
    blocking: tuple[Thread, ...]
    """Open threads that keep it from being accepted."""
    missing: tuple[str, ...]
    """What is lacking for acceptance, a sentence each."""
    trouble: str = ""
    """Why the files of the newest revision cannot be written; empty where they can."""

    @property
    def is_approved(self) -> bool:
        """Every area that changes has the approvals that are asked."""
        return bool(self.areas) and all(area.met for area in self.areas)

    @property
    def stale(self) -> tuple[Approval, ...]:
        """Approvals that no longer count somewhere, each once."""
        found = {approval.pk: approval for area in self.areas for approval, _ in area.stale}
        return tuple(found[pk] for pk in sorted(found))

    def check(self, name: str) -> CheckRow | None:
        """A check by its name."""
        return next((row for row in self.checks if row.name == name), None)


def standing(proposal: Proposal, *, today: date) -> Standing:
    """Where the proposal stands now; refuses nothing, since its page is to say what is wrong."""
    head, target = plans.heads_of(proposal.draft, proposal.plan)
    team = plans.team_of(proposal.plan)
    after, trouble = sealed_or_trouble(head)
    areas = () if trouble else areas_of(proposal, head, proposal.base, after)
    rows = () if trouble else check_rows(proposal, head, team, today)
    behind = behind_of(proposal.base, head, target)
    blocking = tuple(Thread.objects.filter(proposal=proposal, blocking=True, resolved_at=None))
    missing = _missing(proposal, head, areas, rows, behind, blocking, trouble)
    return Standing(
        head=head, base=proposal.base, areas=areas, checks=rows, behind=behind, blocking=blocking,
        missing=tuple(missing), trouble=trouble,
    )  # fmt: skip


def sealed_or_trouble(revision: Revision) -> tuple[Sealed, str]:
    """The areas of a revision, or none and why its files cannot be written."""
    try:
        return sealing.sealed(revision), ""
    except TierwrightError as error:
        return EMPTY, str(error)


def areas_of(proposal: Proposal, head: Revision, base: Revision, after: Sealed) -> tuple[AreaStanding, ...]:
    """The areas that change from a revision of the target to the draft's newest, with their approvals."""
    before, _ = sealed_or_trouble(base)
    added = added_cost(revisions.design_of(base), revisions.design_of(head))
    return ballot_of(proposal, head).areas(before, after, added=added)


def check_rows(proposal: Proposal, head: Revision, team: Team, today: date) -> tuple[CheckRow, ...]:
    """Every check of the draft's newest revision, with the waiver that covers what it says."""
    subject = Subject(proposal=proposal, team=team, revision=head, today=today)
    waivers = {
        (row.check_name, row.evidence): row
        for row in CheckWaiver.objects.filter(proposal=proposal).select_related("user")
    }
    return tuple(_row(check.name, check.title, check.look(subject), waivers) for check in checks())


def _row(name: str, title: str, said: Said, waivers: Mapping[tuple[str, str], CheckWaiver]) -> CheckRow:
    evidence = said.evidence(name)
    waiver = waivers.get((name, evidence)) if said.outcome == "fail" else None
    outcome: Outcome = "waived" if waiver else said.outcome
    return CheckRow(name=name, title=title, outcome=outcome, says=said.says, evidence=evidence, waiver=waiver)


def behind_of(base: Revision, head: Revision, target: Revision) -> Behind | None:
    """How far the target has moved on; None where its newest revision says what the base says."""
    if target.digest == base.digest:
        return None
    old, mine, theirs = (revisions.design_of(revision) for revision in (base, head, target))
    ours, others = touches(old, mine), touches(old, theirs)
    touched = meeting(others, ours)
    return Behind(
        touched=tuple(sorted(touched)),
        elsewhere=tuple(sorted(others - touched)),
        conflicts=merge(old, mine, theirs).conflicts,
    )


def _missing(
    proposal: Proposal,
    head: Revision,
    areas: tuple[AreaStanding, ...],
    rows: tuple[CheckRow, ...],
    behind: Behind | None,
    blocking: tuple[Thread, ...],
    trouble: str,
) -> Iterator[str]:
    if trouble:
        yield f"The files cannot be written: {trouble}"
    if head.digest == proposal.base.digest:
        yield "It changes nothing yet."
    yield from (f"{_capital(area.lacks)}." for area in areas if not area.met)
    for row in rows:
        if row.stops:
            yield f"{row.title}: {row.says}"
    if behind and (behind.touched or behind.conflicts):
        yield f"The baseline changed where this does: {named(behind.touched)}. Bring the proposal up to it."
    if blocking:
        number = len(blocking)
        yield "A blocking thread is open." if number == 1 else f"{number} blocking threads are open."


def named(paths: tuple[str, ...]) -> str:
    """The first few, and how many more there are."""
    more = len(paths) - NAMED
    return ", ".join(paths[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def to_document(found: Standing) -> dict[str, Any]:
    """Plain data, ready for JSON."""
    return {
        "digest": found.head.digest,
        "revision": found.head.number,
        "base": {"revision": found.base.number, "digest": found.base.digest},
        "approved": found.is_approved,
        "areas": [_area_document(area) for area in found.areas],
        "checks": [_check_document(row) for row in found.checks],
        "behind": _behind_document(found.behind),
        "blocking_threads": [thread.pk for thread in found.blocking],
        "missing": list(found.missing),
    }


def _area_document(area: AreaStanding) -> dict[str, Any]:
    return {
        "name": area.name,
        "title": area.title,
        "asked": [{"who": who, "number": number} for who, number in area.asked],
        "approved_by": [approval.user.username for approval in area.good],
        "stale": [{"by": approval.user.username, "why": why} for approval, why in area.stale],
        "met": area.met,
    }


def _check_document(row: CheckRow) -> dict[str, Any]:
    waiver = {"by": row.waiver.user.username, "reason": row.waiver.reason} if row.waiver else None
    return {
        "name": row.name, "title": row.title, "outcome": row.outcome, "says": row.says, "evidence": row.evidence,
        "waiver": waiver,
    }  # fmt: skip


def _behind_document(behind: Behind | None) -> dict[str, Any] | None:
    if behind is None:
        return None
    conflicts = [{"path": one.path, "says": one.says} for one in behind.conflicts]
    return {"touched": list(behind.touched), "elsewhere": list(behind.elsewhere), "conflicts": conflicts}
