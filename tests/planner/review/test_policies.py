"""Every refusal is a sentence, and each role may do what the roles before it may."""

from __future__ import annotations

import pytest

from planner.models import Role, State
from planner.review import actions, policies, recording
from planner.review.standing import standing
from planner.review.states import BY_VERB
from tests.cast import TODAY, Cast, cast, head_of, proposal_at
from topology import revisions

pytestmark = pytest.mark.django_db
INSIDERS = ("vera", "bob", "alice", "carol", "olive")


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.mark.parametrize("state", list(State))
def test_a_stranger_may_do_nothing(people: Cast, state: State) -> None:
    proposal = proposal_at(state, people)

    assert all(policies.reasons(people.charlie, proposal).values())


@pytest.mark.parametrize("state", list(State))
def test_a_viewer_may_do_nothing(people: Cast, state: State) -> None:
    proposal = proposal_at(state, people)

    assert all(policies.reasons(people.vera, proposal).values())


def test_each_role_may_do_what_the_table_says(people: Cast) -> None:
    proposal = proposal_at(State.IN_REVIEW, people)

    able = {name: _able(people, name, proposal) for name in INSIDERS if name != "alice"}

    assert able["bob"] == {"comment"}
    assert able["carol"] >= {"comment", "edit", "approve", "request_changes", "supersede", "update", "waive_check"}
    assert "break_glass" not in able["carol"]
    assert able["olive"] >= {"break_glass", "withdraw", "approve"}


def test_an_author_may_withdraw_and_not_approve(people: Cast) -> None:
    proposal = proposal_at(State.IN_REVIEW, people)

    able = _able(people, "alice", proposal)

    assert "withdraw" in able
    assert "approve" not in able


def test_an_author_who_is_a_commenter_by_now_may_still_withdraw(people: Cast) -> None:
    proposal = proposal_at(State.IN_REVIEW, people)
    people.team.memberships.filter(user=people.alice).update(role=Role.COMMENTER)

    assert policies.why_not(people.alice, proposal, "withdraw") is None
    assert (
        policies.why_not_edit(people.alice, proposal) == "this takes the role editor in The paper; yours is commenter"
    )


def test_an_owner_does_not_approve_what_they_propose_themselves(people: Cast) -> None:
    proposal = actions.propose(people.olive, people.plan, title="Mine")
    head = head_of(proposal)
    recording.save(
        people.alice, proposal.draft, revisions.load(people.plan).model_copy(update={"notes": "x"}),
        parent_digest=head.digest, message="Note",
    )  # fmt: skip
    actions.open_review(people.olive, proposal)

    assert policies.why_not_approve(people.olive, proposal) == (
        "who proposes a change does not approve it; ask somebody else"
    )


@pytest.mark.parametrize("name", ["carol", "dave"])
def test_who_made_or_suggested_the_last_change_does_not_approve(people: Cast, name: str) -> None:
    proposal = proposal_at(State.IN_REVIEW, people)
    design = revisions.load(proposal.draft).model_copy(update={"notes": "x"})
    recording.save(
        people.carol, proposal.draft, design, parent_digest=head_of(proposal).digest, message="Note",
        co_author=people.dave,
    )  # fmt: skip

    assert "does not approve it" in (policies.why_not_approve(getattr(people, name), proposal) or "")
    assert "does not approve it" in (policies.why_not_waive_check(getattr(people, name), proposal) or "")


def test_accepting_says_what_is_missing_first(people: Cast) -> None:
    proposal = proposal_at(State.IN_REVIEW, people)

    found = standing(proposal, today=TODAY)

    assert policies.reasons(people.alice, proposal, found)["accept"] == found.missing[0]
    assert "needs a yes" in found.missing[0]


@pytest.mark.parametrize("state", [State.ACCEPTED, State.WITHDRAWN, State.SUPERSEDED])
def test_what_is_closed_is_not_edited(people: Cast, state: State) -> None:
    proposal = proposal_at(state, people)

    assert (policies.why_not_edit(people.olive, proposal) or "").startswith("the proposal is ")


def test_a_removed_plan_and_a_draft_get_no_proposals(people: Cast) -> None:
    proposal = proposal_at(State.DRAFT, people)
    revisions.remove(people.plan)
    people.plan.refresh_from_db()

    assert "taken off the lists" in (policies.why_not_propose(people.alice, people.plan) or "")
    assert "is a proposal already" in (policies.why_not_propose(people.alice, proposal.draft) or "")


def test_there_is_a_reason_for_every_verb(people: Cast) -> None:
    proposal = proposal_at(State.DRAFT, people)

    assert set(policies.reasons(people.alice, proposal)) == set(BY_VERB)


def _able(people: Cast, name: str, proposal: object) -> set[str]:
    found = policies.reasons(getattr(people, name), proposal)  # type: ignore[arg-type]
    return {verb for verb, why in found.items() if why is None}
