"""Whoever may not save is refused; what is saved is told, and a proposal's approvals are looked at again."""

from __future__ import annotations

import pytest

from planner.models import Event, State
from planner.review import Refused, recording
from tests.builders import newspaper
from tests.cast import Cast, cast, head_of, proposal_at
from topology import revisions
from topology.revisions import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def test_who_begins_a_plan_is_told_by_the_audit(people: Cast) -> None:
    revision = recording.begin(people.alice, newspaper(), name="Another", message="First", team=people.team)

    event = Event.objects.get(verb="begin_plan")
    assert (event.user, event.plan, event.data["revision"]) == (people.alice, revision.plan.slug, 1)
    assert event.data["rows"] == [{"kind": "revision", "id": revision.pk, "digest": revision.seal}]


def test_an_editor_saves_the_plan_and_the_audit_tells(people: Cast) -> None:
    design = revisions.load(people.plan).model_copy(update={"notes": "New"})

    revision = recording.save(people.alice, people.plan, design, parent_digest=people.revision.digest, message="Note")

    event = Event.objects.get(verb="edit")
    assert (revision.number, revision.author) == (2, "alice")
    assert event.data["rows"] == [{"kind": "revision", "id": revision.pk, "digest": revision.seal}]


def test_saving_what_is_there_tells_nothing(people: Cast) -> None:
    recording.save(
        people.alice, people.plan, revisions.load(people.plan), parent_digest=people.revision.digest, message="Again"
    )

    assert not Event.objects.exists()


def test_a_commenter_saves_neither_plan_nor_draft(people: Cast) -> None:
    proposal = proposal_at(State.DRAFT, people)

    for plan in (people.plan, proposal.draft):
        with pytest.raises(Refused, match="takes the role editor"):
            recording.save(people.bob, plan, revisions.load(plan), parent_digest=None, message="Mine")


def test_a_team_that_changes_by_proposals_alone_saves_no_plan(people: Cast) -> None:
    people.team.only_proposals = True
    people.team.save()

    with pytest.raises(Refused, match="propose the change"):
        recording.save(people.olive, people.plan, revisions.load(people.plan), parent_digest=None, message="Mine")


def test_of_two_who_save_one_draft_the_second_gets_both_versions(people: Cast) -> None:
    proposal = proposal_at(State.DRAFT, people)
    seen = head_of(proposal)
    first, second = (revisions.design_of(seen).model_copy(update={"notes": notes}) for notes in ("First", "Second"))
    recording.save(people.alice, proposal.draft, first, parent_digest=seen.digest, message="First")

    with pytest.raises(Conflict) as conflict:
        recording.save(people.dave, proposal.draft, second, parent_digest=seen.digest, message="Second")

    assert (conflict.value.head_design.notes, conflict.value.design.notes) == ("First", "Second")


def test_an_edit_of_what_was_approved_is_in_review_again(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    head = head_of(proposal)
    design = revisions.design_of(head).model_copy(update={"notes": "One more"})

    recording.save(people.alice, proposal.draft, design, parent_digest=head.digest, message="Note")

    proposal.refresh_from_db()
    assert proposal.state == State.IN_REVIEW
    assert Event.objects.get(verb="edit").data["state"] == ["approved", "in_review"]


def test_an_edit_after_changes_were_requested_waits_for_the_author_to_ask_again(people: Cast) -> None:
    proposal = proposal_at(State.CHANGES_REQUESTED, people)
    head = head_of(proposal)
    design = revisions.design_of(head).model_copy(update={"notes": "Mended"})

    recording.save(people.alice, proposal.draft, design, parent_digest=head.digest, message="Mend")

    proposal.refresh_from_db()
    assert proposal.state == State.CHANGES_REQUESTED


def test_who_suggested_the_change_is_its_co_author(people: Cast) -> None:
    proposal = proposal_at(State.DRAFT, people)
    design = revisions.load(proposal.draft).model_copy(update={"notes": "Bob's"})

    revision = recording.save(
        people.alice, proposal.draft, design, parent_digest=head_of(proposal).digest, message="As bob says",
        co_author=people.bob,
    )  # fmt: skip

    assert (revision.author, revision.co_author) == ("alice", "bob")
