"""How a design is saved by a person: refused where they may not, recorded, and written into the audit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from planner import audit, plans
from planner.models import Team
from planner.review import policies
from planner.review.moving import held_plan, moving, refuse, warm_design
from planner.turns import in_turn
from topology import document, revisions
from topology.design import Design
from topology.models import Plan, Revision


def begin(user: User, design: Design, *, name: str, message: str, team: Team | None = None) -> Revision:
    """Begin a plan with its first revision; by default in the person's first team that lets them edit."""
    with in_turn(), transaction.atomic():
        revision = plans.start(user, design, name=name, message=message, team=team)
        plan = revision.plan
        audit.write(plans.team_of(plan), user, "begin_plan", plan=plan, data=_told(revision), rows=(revision,))
    return revision


def save(
    user: User,
    plan: Plan,
    design: Design,
    *,
    parent_digest: str | None,
    message: str,
    co_author: User | None = None,
) -> Revision:
    """Record the design on a plan or on the draft of a proposal, whose approvals are then looked at again.

    Raises Refused where the person may not, Conflict where somebody else was first, PlanRefused where the design does
    not hold together. Saving what is there already changes nothing.
    """
    said = {"message": message, "author": user.username, "co_author": co_author.username if co_author else ""}
    proposal = plans.proposal_of(plan)
    if proposal is None:
        return _save_plan(user, plan, design, parent_digest, said)
    refuse(policies.why_not_edit(user, proposal))
    _refuse_old(plan, design, parent_digest, message)
    warm_design(design, beside=revisions.design_of(proposal.base))
    with moving(user, proposal, "edit") as move:
        revision, is_new = _record(plan, design, parent_digest, said)
        if is_new:
            move.done(revision, data=_told(revision))
    return revision


def _save_plan(user: User, plan: Plan, design: Design, parent_digest: str | None, said: Mapping[str, str]) -> Revision:
    with in_turn(), transaction.atomic():
        refuse(policies.why_not_save(user, plan))
        revision, is_new = _record(plan, design, parent_digest, said)
        if is_new:
            audit.write(plans.team_of(plan), user, "edit", plan=plan, data=_told(revision), rows=(revision,))
    return revision


def _refuse_old(plan: Plan, design: Design, parent_digest: str | None, message: str) -> None:
    """A conflict that can be seen at once costs nobody else a wait; with the lock in hand it is looked for again."""
    head = revisions.get(plan)
    if head.digest not in (parent_digest, document.digest(design)):
        raise revisions.Conflict(head=head, design=design, message=message)


def _record(plan: Plan, design: Design, parent_digest: str | None, said: Mapping[str, str]) -> tuple[Revision, bool]:
    """The revision, and whether it is new: saving what is there already makes none."""
    before = held_plan(plan).head
    revision = revisions.record(plan, design, parent_digest=parent_digest, **said)
    return revision, revision.number > before


def _told(revision: Revision) -> dict[str, Any]:
    return {"revision": revision.number, "digest": revision.digest, "seal": revision.seal, "message": revision.message}


@transaction.atomic
def remove(user: User, plan: Plan) -> None:
    """Take a plan off the lists; its revisions stay, and `bring_back` undoes it."""
    refuse(policies.why_not_remove(user, plan))
    revisions.remove(plan)
    audit.write(plans.team_of(plan), user, "remove_plan", plan=plan)


@transaction.atomic
def bring_back(user: User, plan: Plan) -> None:
    """Put a removed plan on the lists again."""
    refuse(policies.why_not_remove(user, plan))
    revisions.bring_back(plan)
    audit.write(plans.team_of(plan), user, "bring_back_plan", plan=plan)
