"""The table of moves holds together: every state is reached, and what is decided stays decided."""

from __future__ import annotations

from planner.models import State
from planner.review import actions
from planner.review.states import BY_VERB, MOVES, OPEN

ELSEWHERE = {"edit", "comment"}
"""Verbs of `recording` and `discussion`."""


def test_every_state_is_reached_from_a_draft() -> None:
    reached, before = {State.DRAFT, State.APPROVED}, set[State]()  # approved follows from the approvals
    while reached != before:
        before = set(reached)
        reached |= {move.to for move in MOVES if move.to and before & set(move.after)}

    assert reached == set(State)


def test_nothing_leads_out_of_accepted_and_superseded() -> None:
    moving = [move for move in MOVES if move.to is not None or move.verb not in ELSEWHERE]

    assert [move.verb for move in moving if {State.ACCEPTED, State.SUPERSEDED} & set(move.after)] == []


def test_a_proposal_is_open_where_something_may_still_come_of_it() -> None:
    assert set(OPEN) == {state for state in State if state.is_open}


def test_every_verb_of_the_table_is_an_action() -> None:
    assert set(BY_VERB) - ELSEWHERE <= set(actions.__all__)
