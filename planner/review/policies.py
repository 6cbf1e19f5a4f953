"""Who may do what, each rule a sentence: None where they may, else why not and what would help."""

from __future__ import annotations

from django.contrib.auth.models import User

from planner import plans
from planner.models import Proposal, Role, State
from planner.review.states import BY_VERB
from topology.models import Plan


def why_not_save(user: User, plan: Plan) -> str | None:
    """Saving a plan itself, without a proposal."""
    return why_not_role(user, plan, Role.EDITOR) or (
        "this team changes a plan by proposals alone; propose the change"
        if plans.team_of(plan).only_proposals
        else None
    )


def why_not_remove(user: User, plan: Plan) -> str | None:
    """Taking a plan off the lists, and putting it back."""
    if plans.proposal_of(plan):
        return "this is the draft of a proposal; withdraw the proposal instead"
    return why_not_role(user, plan, Role.EDITOR)


def why_not_ask(user: User, plan: Plan) -> str | None:
    """Having the site work on a long question: a search, a simulation, a checking once more."""
    return why_not_role(user, plan, Role.COMMENTER)


def why_not_edit(user: User, proposal: Proposal) -> str | None:
    """A new revision of a proposal."""
    return why_not_move(user, proposal, "edit")


def why_not_comment(user: User, proposal: Proposal) -> str | None:
    """Saying something of it."""
    return why_not_move(user, proposal, "comment")


def why_not_role(user: User, plan: Plan, least: Role) -> str | None:
    """Doing what takes a role in the plan's team."""
    role = plans.role_of(user, plan)
    if role is None:
        return "you are not in the team that this belongs to"
    if role.reaches(least):
        return None
    return f"this takes the role {least.label} in {plans.team_of(plan).name}; yours is {role.label}"


def why_not_move(user: User, proposal: Proposal, verb: str) -> str | None:
    """What the table of states and roles says of a verb."""
    move = BY_VERB[verb]
    if State(proposal.state) not in move.after:
        return f"the proposal is {State(proposal.state).label}"
    if move.own and proposal.author_id == user.pk:
        return why_not_role(user, proposal.plan, Role.COMMENTER)
    return why_not_role(user, proposal.plan, move.least)
