"""Verbs that bring a proposal and its plan together: update from the baseline, accept, accept against the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import Any, cast

from django.contrib.auth.models import User
from django.utils import timezone

from planner.models import Approval, Proposal, State
from planner.review import Refused, Stale, policies, sealing
from planner.review.approvals import AreaStanding, added_cost, ballot_of
from planner.review.moving import Move, held_plan, listed, moving, required
from planner.review.standing import Standing, named, sealed_or_trouble, standing
from topology import revisions
from topology.design import Design
from topology.errors import Place, TierwrightError
from topology.merging import Merged, Side, merge
from topology.models import Revision

MOST_REASON = 1000
LONGEST_MESSAGE = 300
SIDES = ("mine", "theirs")


@dataclass(frozen=True, kw_only=True)
class Joined:
    """What the plan will say: the draft's design, with what the plan changed elsewhere meanwhile."""

    design: Design
    target: Revision
    """The plan's newest revision, on which it is put."""
    is_merged: bool


def update(
    user: User,
    proposal: Proposal,
    *,
    choices: Mapping[str, str] | None = None,
    digest: str | None = None,
    target_digest: str | None = None,
) -> Merged:
    """Bring the draft up to the plan's newest revision; while a conflict is open nothing is stored.

    Who chose between two values names the revisions that they saw: Stale where the draft or the plan is another now.
    """
    chosen = _sides(choices or {})
    with moving(user, proposal, "update") as move:
        row, head = move.proposal, move.head(digest)
        row.plan = held_plan(row.plan)
        target = revisions.get(row.plan)
        if target_digest is not None and target.digest != target_digest:
            raise Stale(
                f"the plan was changed while you chose: revision {target.number} is newer than what you saw; nothing"
                " was done, go back to the proposal and bring it up once more"
            )
        designs = (revisions.design_of(revision) for revision in (row.base, head, target))
        merged = merge(*designs, choices=chosen)
        if merged.design is not None and target.pk != row.base_id:
            _take_over(move, merged.design, head, target)
    return merged


def _take_over(move: Move, design: Design, head: Revision, target: Revision) -> None:
    row, was = move.proposal, move.proposal.base
    message = f"Bring up to revision {target.number} of {row.plan.slug}"
    made = revisions.record(row.draft, design, parent_digest=head.digest, message=message, author=move.user.username)
    row.base = target
    data = {"revision": made.number, "digest": made.digest, "base": target.number, "base_was": was.number}
    move.done(made, target, data=data)


def _sides(choices: Mapping[str, str]) -> dict[str, Side]:
    for path, side in choices.items():
        if side not in SIDES:
            raise TierwrightError("choose mine or theirs", place=Place(path=path))
    return {path: cast(Side, side) for path, side in choices.items()}


def accept(user: User, proposal: Proposal, *, digest: str) -> Revision:
    """Make it the baseline, if everything that the rules ask is there for exactly what is recorded.

    All of it is looked at again in the transaction that records it: the draft is what the person saw, the plan is
    where it was or has moved elsewhere only, every area has its approvals, no check fails, no blocking thread is open.
    """
    with moving(user, proposal, "accept", rule=policies.why_not_decide) as move:
        head = move.head(digest)
        row = move.proposal
        row.plan = held_plan(row.plan)
        found = standing(row, today=timezone.localdate())
        if found.missing:
            raise Refused(found.missing[0])
        joined = _join(row, head)
        areas = _areas(row, head, joined) if joined.is_merged else found.areas
        _refuse_unmet(areas)
        return _become(move, head, joined, _approvals(areas), data={"waivers": _waivers(found)})


def break_glass(user: User, proposal: Proposal, *, digest: str, reason: str) -> Revision:
    """Make it the baseline without what the rules ask: by an owner, with a reason, for everybody to see."""
    said = required(reason, path="reason", most=MOST_REASON, says="say why this cannot wait for what the rules ask")
    with moving(user, proposal, "break_glass") as move:
        head = move.head(digest)
        row = move.proposal
        row.plan = held_plan(row.plan)
        found = standing(row, today=timezone.localdate())
        row.broke_glass = said
        joined = _join(row, head)
        data = {"reason": said, "lacking": list(found.missing), "waivers": _waivers(found)}
        return _become(move, head, joined, _approvals(found.areas), data=data)


def _join(row: Proposal, head: Revision) -> Joined:
    """The draft's design on top of the plan's newest; Stale where a person has to decide first."""
    target, design = revisions.get(row.plan), revisions.design_of(head)
    if target.digest == head.digest:
        raise Refused("the plan says all of this already; withdraw the proposal")
    if target.digest == row.base.digest:
        return Joined(design=design, target=target, is_merged=False)
    merged = merge(revisions.design_of(row.base), design, revisions.design_of(target))
    if merged.design is None:
        where = named(tuple(conflict.path for conflict in merged.conflicts)) or merged.problems[0]
        raise Stale(f"the baseline has moved and does not go together with this: {where}; bring the proposal up to it")
    return Joined(design=merged.design, target=target, is_merged=True)


def _areas(row: Proposal, head: Revision, joined: Joined) -> tuple[AreaStanding, ...]:
    """The areas that change on the plan as it is now, with the approvals that hold for what would be recorded."""
    before, _ = sealed_or_trouble(joined.target)
    after = sealing.sealed_of(joined.design)
    added = added_cost(revisions.design_of(joined.target), joined.design)
    return ballot_of(row, head).areas(before, after, added=added)


def _refuse_unmet(areas: Iterable[AreaStanding]) -> None:
    for area in areas:
        if not area.met:
            why = f": {area.stale[0][1]}" if area.stale else ""
            raise Stale(f"with what changed in the baseline, {area.lacks}{why}; bring the proposal up to it")


def _approvals(areas: Iterable[AreaStanding]) -> tuple[Approval, ...]:
    found = {approval.pk: approval for area in areas for approval in area.good}
    return tuple(found[pk] for pk in sorted(found))


def _become(
    move: Move, head: Revision, joined: Joined, approvals: tuple[Approval, ...], *, data: Mapping[str, Any]
) -> Revision:
    row = move.proposal
    made = revisions.record(
        row.plan,
        joined.design,
        parent_digest=joined.target.digest,
        message=_message(row, approvals),
        author=move.user.username,
        co_author=row.author.username if row.author_id != move.user.pk else "",
    )
    row.accepted, row.state = made, State.ACCEPTED
    said = {
        "revision": made.number,
        "digest": made.digest,
        "seal": made.seal,
        "draft_revision": head.number,
        "draft_digest": head.digest,
        "content_digest": sealing.sealed_of(joined.design).content_digest,
        "merged": joined.is_merged,
        "approvals": [{"id": one.pk, "by": one.user.username, "seals": one.seals} for one in approvals],
    }
    move.done(made, head, *approvals, data={**said, **data})
    return made


def _message(row: Proposal, approvals: Iterable[Approval]) -> str:
    names = ", ".join(dict.fromkeys(approval.user.username for approval in approvals))
    by = f"approved by {names}" if names else "approved by nobody"
    glass = "; the glass was broken" if row.broke_glass else ""
    tail = f" (proposal {row.number}, {by}{glass})"
    return shorten(row.title, max(20, LONGEST_MESSAGE - len(tail)), placeholder=" …") + tail[: LONGEST_MESSAGE - 20]


def _waivers(found: Standing) -> list[int]:
    return listed(row.waiver for row in found.checks if row.waiver is not None)
