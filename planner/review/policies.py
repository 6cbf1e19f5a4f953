"""Who may do what, each rule a sentence: None where they may, else why not and what would help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from django.contrib.auth.models import User

from planner import plans
from planner.models import Approval, Proposal, Role, State
from planner.once import asked_once, kept
from planner.review.states import BY_VERB
from topology.models import Plan, Revision

if TYPE_CHECKING:
    from planner.review.standing import Standing


def why_not_save(user: User, plan: Plan) -> str | None:
    """Saving a plan itself, without a proposal."""
    return why_not_role(user, plan, Role.EDITOR) or (
        "this team changes a plan by proposals alone; propose the change"
        if plans.team_of(plan).only_proposals
        else None
    )


def why_not_record(user: User, plan: Plan) -> str | None:
    """A new revision of a plan, or of the draft of a proposal."""
    proposal = plans.proposal_of(plan)
    return why_not_edit(user, proposal) if proposal else why_not_save(user, plan)


def why_not_remove(user: User, plan: Plan) -> str | None:
    """Taking a plan off the lists, and putting it back."""
    if plans.proposal_of(plan):
        return "this is the draft of a proposal; withdraw the proposal instead"
    return why_not_role(user, plan, Role.EDITOR)


def why_not_ask(user: User, plan: Plan) -> str | None:
    """Having the site work on a long question: a search, a simulation, a checking once more."""
    return why_not_role(user, plan, Role.COMMENTER)


def why_not_propose(user: User, plan: Plan) -> str | None:
    """Cutting a proposal from a plan."""
    if plans.proposal_of(plan):
        return "this is a proposal already; change its draft, or propose from its plan"
    if plan.removed_at is not None:
        return _REMOVED
    return why_not_role(user, plan, Role.EDITOR)


def why_not_edit(user: User, proposal: Proposal) -> str | None:
    """A new revision of a proposal."""
    return why_not_move(user, proposal, "edit")


def why_not_words(user: User, proposal: Proposal) -> str | None:
    """Its title, its reasons, the day to decide by: whoever may edit it, and its author."""
    return why_not_move(user, proposal, "edit_words")


def why_not_add_evidence(user: User, proposal: Proposal) -> str | None:
    """Attaching what was measured of its files."""
    if not proposal.is_open:
        return f"the proposal is {State(proposal.state).label}"
    return why_not_role(user, proposal.plan, Role.COMMENTER)


def why_not_comment(user: User, proposal: Proposal) -> str | None:
    """Saying something of it."""
    return why_not_move(user, proposal, "comment")


def why_not_approve(user: User, proposal: Proposal) -> str | None:
    """Saying yes to areas of its newest revision."""
    return why_not_move(user, proposal, "approve") or why_no_judge(user, proposal, _head_of(proposal))


def why_not_rescind(user: User, proposal: Proposal) -> str | None:
    """Taking a yes back: whoever gave one, whatever their role is now."""
    if not _has_approved(user, proposal):
        return why_not_move(user, proposal, "rescind") or "you have not approved anything here"
    return _why_not_state(proposal, "rescind")


def _has_approved(user: User, proposal: Proposal) -> bool:
    known = kept(("approvals", proposal.pk))
    if known is not None:
        return any(approval.user_id == user.pk for approval in known)
    return Approval.objects.filter(proposal=proposal, user=user, rescinded_at=None).exists()


def why_not_waive_check(user: User, proposal: Proposal) -> str | None:
    """Taking on a failing check."""
    return why_not_move(user, proposal, "waive_check") or why_no_judge(user, proposal, _head_of(proposal))


def why_not_accept(user: User, proposal: Proposal, standing: Standing | None = None) -> str | None:
    """Making it the baseline; with a standing, the first thing that is missing is said."""
    if why_not := why_not_decide(user, proposal):
        return why_not
    if standing is not None:
        return standing.missing[0] if standing.missing else None
    return None if proposal.state == State.APPROVED else "not every area that changes has its approvals yet"


def why_not_decide(user: User, proposal: Proposal) -> str | None:
    """What of accepting depends on person and state alone; what is missing is looked at with the lock in hand."""
    if proposal.state not in (State.IN_REVIEW, State.APPROVED):
        return _why_not_state(proposal, "accept")
    return why_not_seat(user, proposal, "accept") or _why_not_plan(proposal)


def why_not_break_glass(user: User, proposal: Proposal) -> str | None:
    """Accepting without what the rules ask."""
    return why_not_move(user, proposal, "break_glass") or _why_not_plan(proposal)


def _why_not_plan(proposal: Proposal) -> str | None:
    """A plan that was taken off the lists gets no new baseline."""
    return None if proposal.plan.removed_at is None else _REMOVED


def why_not(user: User, proposal: Proposal, verb: str) -> str | None:
    """The rule of any verb of the table."""
    special = _RULES.get(verb)
    return special(user, proposal) if special else why_not_move(user, proposal, verb)


def reasons(user: User, proposal: Proposal, standing: Standing | None = None) -> Mapping[str, str | None]:
    """Every verb of the table -> None where the person may, else why not: what a page needs for its buttons."""
    with asked_once():
        found = {verb: why_not(user, proposal, verb) for verb in BY_VERB}
        return {**found, "accept": why_not_accept(user, proposal, standing)}


def _head_of(proposal: Proposal) -> Revision:
    return plans.heads_of(proposal.draft)[0]


def why_no_judge(user: User, proposal: Proposal, head: Revision) -> str | None:
    """Nobody says yes to what they made themselves: its author, and whoever made or suggested its last change."""
    if user.pk == proposal.author_id:
        return "who proposes a change does not approve it; ask somebody else"
    if user.username in (head.author, head.co_author):
        return f"who made the last change (revision {head.number}) does not approve it; ask somebody else"
    return None


def why_not_role(user: User, plan: Plan, least: Role) -> str | None:
    """Doing what takes a role in the plan's team."""
    team = plans.team_of(plan)
    found = plans.role_in(user, team)
    if found is None:
        return "you are not in the team that this belongs to"
    if Role(found).reaches(least):
        return None
    return f"this takes the role {least.label} in {team.name}; yours is {Role(found).label}"


def why_not_move(user: User, proposal: Proposal, verb: str) -> str | None:
    """What the table of states and roles says of a verb."""
    return _why_not_state(proposal, verb) or why_not_seat(user, proposal, verb)


def why_not_seat(user: User, proposal: Proposal, verb: str) -> str | None:
    """What the table says of the person alone, whatever the state."""
    move = BY_VERB[verb]
    least = Role.COMMENTER if move.own and proposal.author_id == user.pk else move.least
    return why_not_role(user, proposal.plan, least)


def _why_not_state(proposal: Proposal, verb: str) -> str | None:
    state = State(proposal.state)
    return None if state in BY_VERB[verb].after else _STATES[state]


_REMOVED = "the plan was taken off the lists; bring it back first"
_STATES: Mapping[State, str] = {
    State.DRAFT: "the proposal is a draft; ask for review first",
    State.IN_REVIEW: "the proposal is in review",
    State.CHANGES_REQUESTED: "changes were requested; make them, and ask for review again",
    State.APPROVED: "the proposal is approved",
    State.ACCEPTED: "the proposal is accepted; what changes now is another proposal",
    State.WITHDRAWN: "the proposal is withdrawn; open it again first",
    State.SUPERSEDED: "the proposal is superseded; look at the one that took its place",
}
_RULES: Mapping[str, Callable[[User, Proposal], str | None]] = {
    "approve": why_not_approve,
    "rescind": why_not_rescind,
    "waive_check": why_not_waive_check,
    "accept": why_not_accept,
    "break_glass": why_not_break_glass,
}
"""Verbs of which more is asked than the table says."""
