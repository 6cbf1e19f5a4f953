"""The one table of what may follow what in the life of a proposal; its diagram in the documents is drawn from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.models import Role, State

OPEN = (State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED)


@dataclass(frozen=True, kw_only=True)
class Move:
    """A verb, the states it is for, the state it leads to, and the least role of who may do it."""

    verb: str
    title: str
    """What its button says."""
    after: tuple[State, ...]
    to: State | None
    """None where the state stays, or follows from the approvals."""
    least: Role
    own: bool = False
    """Whether the author may do it whatever their role, from commenter on."""


MOVES: tuple[Move, ...] = (
    Move(verb="open_review", title="Ask for review", after=(State.DRAFT, State.CHANGES_REQUESTED), to=State.IN_REVIEW,
         least=Role.EDITOR, own=True),
    Move(verb="request_changes", title="Request changes", after=(State.IN_REVIEW, State.APPROVED),
         to=State.CHANGES_REQUESTED, least=Role.APPROVER),
    Move(verb="approve", title="Approve", after=(State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED), to=None,
         least=Role.APPROVER),
    Move(verb="rescind", title="Take back my yes", after=(State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED),
         to=None, least=Role.APPROVER),
    Move(verb="edit", title="Edit", after=OPEN, to=None, least=Role.EDITOR),
    Move(verb="edit_words", title="Change the words", after=OPEN, to=None, least=Role.EDITOR, own=True),
    Move(verb="update", title="Bring up to the baseline", after=OPEN, to=None, least=Role.EDITOR),
    Move(verb="waive_check", title="Take on a failing check", after=OPEN, to=None, least=Role.APPROVER),
    Move(verb="accept", title="Accept", after=(State.APPROVED,), to=State.ACCEPTED, least=Role.EDITOR),
    Move(verb="break_glass", title="Break the glass", after=(State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED),
         to=State.ACCEPTED, least=Role.OWNER),
    Move(verb="withdraw", title="Withdraw", after=OPEN, to=State.WITHDRAWN, least=Role.OWNER, own=True),
    Move(verb="reopen", title="Open again", after=(State.WITHDRAWN,), to=State.DRAFT, least=Role.EDITOR, own=True),
    Move(verb="supersede", title="Supersede", after=OPEN, to=State.SUPERSEDED, least=Role.EDITOR, own=True),
    Move(verb="comment", title="Comment", after=tuple(State), to=None, least=Role.COMMENTER),
)  # fmt: skip

BY_VERB: Mapping[str, Move] = {move.verb: move for move in MOVES}
