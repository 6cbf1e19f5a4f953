"""How a design is saved by a person: refused where they may not, recorded, and written into the audit."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from planner import audit, plans
from planner.models import Proposal
from planner.review import Refused, policies
from topology import revisions
from topology.design import Design
from topology.models import Plan, Revision


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
    proposal = plans.proposal_of(plan)
    _refuse(policies.why_not_edit(user, proposal) if proposal else policies.why_not_save(user, plan))
    with transaction.atomic():
        before = plan.head
        revision = revisions.record(
            plan,
            design,
            parent_digest=parent_digest,
            message=message,
            author=user.username,
            co_author=co_author.username if co_author else "",
        )
        if revision.number > before:
            _follow(user, plan, proposal, revision)
    return revision


@transaction.atomic
def remove(user: User, plan: Plan) -> None:
    """Take a plan off the lists; its revisions stay, and `bring_back` undoes it."""
    _refuse(policies.why_not_remove(user, plan))
    revisions.remove(plan)
    audit.write(plans.team_of(plan), user, "remove_plan", plan=plan)


@transaction.atomic
def bring_back(user: User, plan: Plan) -> None:
    """Put a removed plan on the lists again."""
    _refuse(policies.why_not_remove(user, plan))
    revisions.bring_back(plan)
    audit.write(plans.team_of(plan), user, "bring_back_plan", plan=plan)


def _refuse(why_not: str | None) -> None:
    if why_not:
        raise Refused(why_not)


def _follow(user: User, plan: Plan, proposal: Proposal | None, revision: Revision) -> None:
    data = {"revision": revision.number, "digest": revision.digest, "seal": revision.seal}
    audit.write(plans.team_of(plan), user, "edit", plan=plan, proposal=proposal, data=data)
