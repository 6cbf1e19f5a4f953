"""What becomes the baseline is what was approved: everything is looked at again in the transaction that records it."""

from __future__ import annotations

from typing import Any

import pytest

from planner.models import Approval, CheckWaiver, Event, Proposal, ReviewRule, State, Thread
from planner.packed import built
from planner.review import Refused, Stale, actions, recording
from planner.review.standing import standing
from tests.cast import TODAY, Cast, approved_by, cast, head_of, proposal_at, proposed
from tests.planner.review.designs import load_balanced, media_server
from topology import document, revisions
from topology.design import Design, Promise
from topology.errors import TierwrightError
from topology.models import Revision

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def move_baseline(people: Cast, **changes: Any) -> Revision:
    """Somebody saves the plan itself."""
    head = revisions.get(people.plan)
    design = revisions.design_of(head).model_copy(update=changes)
    return recording.save(people.dave, people.plan, design, parent_digest=head.digest, message="Elsewhere")


def accept(people: Cast, proposal: Proposal) -> Revision:
    return actions.accept(people.alice, proposal, digest=head_of(proposal).digest)


def test_the_draft_becomes_the_newest_revision_of_the_plan(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)

    accepted = accept(people, proposal)

    assert (accepted.plan, accepted.number) == (people.plan, 2)
    assert accepted.digest == head_of(proposal).digest
    assert accepted.message == "A third web server (proposal 1, approved by carol)"
    assert (proposal.state, proposal.accepted) == (State.ACCEPTED, accepted)


def test_the_event_carries_what_was_agreed_to(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)

    accepted = accept(people, proposal)

    data, approval = Event.objects.get(verb="accept").data, Approval.objects.get()
    assert (data["digest"], data["seal"]) == (accepted.digest, accepted.seal)
    assert data["approvals"] == [{"id": approval.pk, "by": "carol", "seals": approval.seals}]
    assert data["content_digest"] == built(revisions.design_of(accepted)).content_digest
    assert {row["kind"] for row in data["rows"]} == {"proposal", "revision", "approval"}


def test_what_is_not_approved_is_not_accepted(people: Cast) -> None:
    proposal = proposal_at(State.IN_REVIEW, people)

    with pytest.raises(Refused, match="needs a yes"):
        accept(people, proposal)

    assert revisions.get(people.plan).number == 1


def test_a_draft_that_nobody_saw_is_not_accepted(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    head = head_of(proposal)
    design = revisions.design_of(head).model_copy(update={"notes": "One more thing"})
    recording.save(people.alice, proposal.draft, design, parent_digest=head.digest, message="Quickly")

    with pytest.raises(Stale, match="newer than what you saw"):
        actions.accept(people.olive, proposal, digest=head.digest)


def test_a_rule_that_came_meanwhile_is_kept(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    ReviewRule.objects.create(team=people.team, area="tier:web", number=2)

    with pytest.raises(Refused, match="Tier web needs a yes: 2 of: an approver, 1 given"):
        accept(people, proposal)


def test_rules_that_were_loosened_let_it_through(people: Cast) -> None:
    rule = ReviewRule.objects.create(team=people.team, area="*", number=2)
    proposal = proposal_at(State.IN_REVIEW, people)
    approved_by(people.carol, proposal)
    assert proposal.state == State.IN_REVIEW
    rule.delete()

    accept(people, proposal)

    assert proposal.state == State.ACCEPTED


def test_an_open_blocking_thread_keeps_it_back(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    Thread.objects.create(proposal=proposal, revision=head_of(proposal), blocking=True)

    with pytest.raises(Refused, match="A blocking thread is open"):
        accept(people, proposal)


def test_a_failing_check_keeps_it_back_until_somebody_takes_it_on(people: Cast) -> None:
    head = revisions.get(people.plan)
    revisions.record(people.plan, media_server(), parent_digest=head.digest, message="Media")
    proposal = actions.propose(people.alice, people.plan, title="A balancer", design=load_balanced())
    actions.open_review(people.alice, proposal)
    approved_by(people.carol, proposal)

    with pytest.raises(Refused, match="Only one of its kind"):
        accept(people, proposal)
    row = standing(proposal, today=TODAY).check("loss_of_one")
    assert row is not None
    actions.waive_check(people.dave, proposal, check="loss_of_one", evidence=row.evidence, reason="Next month")
    accept(people, proposal)

    assert Event.objects.get(verb="accept").data["waivers"] == [CheckWaiver.objects.get().pk]


def test_what_moved_elsewhere_is_kept_and_the_approvals_hold(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    move_baseline(people, notes="Said meanwhile")

    accepted = accept(people, proposal)

    design = revisions.design_of(accepted)
    assert (accepted.number, design.notes) == (3, "Said meanwhile")
    assert [len(design.hosts), Event.objects.get(verb="accept").data["merged"]] == [4, True]


def test_an_assumption_that_moved_stales_the_approvals(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    move_baseline(people, promise=Promise(headroom=0.4))

    with pytest.raises(Stale, match="headroom"):
        accept(people, proposal)

    assert proposal.state == State.APPROVED
    assert revisions.get(people.plan).number == 2


def test_a_baseline_that_moved_in_the_same_place_comes_first(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    move_baseline(people, tiers=_with_web(revisions.load(people.plan), 4).tiers)

    with pytest.raises(Refused, match="The baseline changed where this does"):
        accept(people, proposal)


def test_a_proposal_that_the_plan_says_already_is_not_accepted(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    move_baseline(people, tiers=revisions.load(proposal.draft).tiers)

    with pytest.raises(Refused):
        accept(people, proposal)


def test_other_proposals_are_behind_then(people: Cast) -> None:
    other = proposed(people, title="Four", web=4)
    proposal = proposal_at(State.APPROVED, people)

    accept(people, proposal)

    behind = standing(other, today=TODAY).behind
    assert behind is not None
    assert behind.touched == ("tiers/web/servers/count",)
    assert [conflict.path for conflict in behind.conflicts] == ["tiers/web/servers/count"]


def test_the_author_accepts_what_others_approved_and_is_named(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)

    accepted = actions.accept(people.olive, proposal, digest=head_of(proposal).digest)

    assert (accepted.author, accepted.co_author) == ("olive", "alice")


def test_it_is_accepted_once(people: Cast) -> None:
    proposal = proposal_at(State.ACCEPTED, people)

    with pytest.raises(Refused, match="is accepted"):
        accept(people, proposal)


def test_bringing_it_up_takes_over_what_moved_elsewhere(people: Cast) -> None:
    proposal = proposal_at(State.DRAFT, people)
    moved = move_baseline(people, notes="Said meanwhile")

    merged = actions.update(people.alice, proposal)

    assert merged.conflicts == ()
    assert merged.from_theirs == ("notes",)
    assert proposal.base == moved
    head = head_of(proposal)
    assert (head.number, head.message) == (3, "Bring up to revision 2 of newspaper")
    assert revisions.design_of(head).notes == "Said meanwhile"
    assert standing(proposal, today=TODAY).behind is None


def test_a_conflict_stores_nothing_until_it_is_chosen(people: Cast) -> None:
    proposal = proposal_at(State.DRAFT, people)
    moved = move_baseline(people, tiers=_with_web(revisions.load(people.plan), 4).tiers)

    first = actions.update(people.alice, proposal)
    before = (head_of(proposal).number, proposal.base.number, Event.objects.filter(verb="update").count())
    second = actions.update(people.alice, proposal, choices={"tiers/web/servers/count": "theirs"})

    assert [conflict.path for conflict in first.conflicts] == ["tiers/web/servers/count"]
    assert before == (2, 1, 0)
    assert second.design is not None
    assert (proposal.base, len(second.design.hosts)) == (moved, 5)


def test_nobody_chooses_over_what_they_did_not_see(people: Cast) -> None:
    proposal = proposal_at(State.DRAFT, people)
    seen = move_baseline(people, tiers=_with_web(revisions.load(people.plan), 4).tiers)
    choice = {"tiers/web/servers/count": "mine"}
    move_baseline(people, tiers=_with_web(revisions.load(people.plan), 6).tiers)

    with pytest.raises(Stale, match="revision 3 is newer than what you saw"):
        actions.update(people.alice, proposal, choices=choice, target_digest=seen.digest)
    with pytest.raises(Stale, match="revision 2 is newer than what you saw"):
        actions.update(people.alice, proposal, choices=choice, digest=people.revision.digest)

    assert not Event.objects.filter(verb="update").exists()


def test_a_choice_is_mine_or_theirs(people: Cast) -> None:
    proposal = proposal_at(State.DRAFT, people)

    with pytest.raises(TierwrightError, match="choose mine or theirs"):
        actions.update(people.alice, proposal, choices={"notes": "both"})


def test_where_nothing_moved_nothing_happens(people: Cast) -> None:
    proposal = proposal_at(State.DRAFT, people)

    merged = actions.update(people.alice, proposal)

    assert merged.design is not None
    assert document.digest(merged.design) == head_of(proposal).digest
    assert not Event.objects.filter(verb="update").exists()


def test_breaking_the_glass_is_loud(people: Cast) -> None:
    proposal = proposal_at(State.IN_REVIEW, people)

    accepted = actions.break_glass(people.olive, proposal, digest=head_of(proposal).digest, reason="The site is down")

    data = Event.objects.get(verb="break_glass").data
    assert "approved by nobody; the glass was broken" in accepted.message
    assert (proposal.state, proposal.broke_glass) == (State.ACCEPTED, "The site is down")
    assert data["reason"] == "The site is down"
    assert any("needs a yes" in says for says in data["lacking"])


def test_nobody_but_an_owner_breaks_it_and_never_without_a_reason(people: Cast) -> None:
    proposal = proposal_at(State.IN_REVIEW, people)
    digest = head_of(proposal).digest

    with pytest.raises(Refused, match="takes the role owner"):
        actions.break_glass(people.carol, proposal, digest=digest, reason="Hurry")
    with pytest.raises(TierwrightError, match="say why this cannot wait"):
        actions.break_glass(people.olive, proposal, digest=digest, reason="  ")


def test_not_even_an_owner_accepts_what_they_did_not_see(people: Cast) -> None:
    proposal = proposal_at(State.IN_REVIEW, people)

    with pytest.raises(Stale):
        actions.break_glass(people.olive, proposal, digest=people.revision.digest, reason="Hurry")


def test_a_long_title_still_gives_a_message(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    actions.edit_words(people.alice, proposal, title="Servers " * 15, why="", decide_by=None)

    accepted = accept(people, proposal)

    assert len(accepted.message) <= 300


def _with_web(design: Design, count: int) -> Design:
    servers = design.tiers[0].servers.model_copy(update={"count": count})  # type: ignore[union-attr]
    return design.model_copy(
        update={"tiers": (design.tiers[0].model_copy(update={"servers": servers}), *design.tiers[1:])}
    )


def test_a_plan_off_the_lists_gets_no_new_baseline(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    recording.remove(people.alice, people.plan)

    with pytest.raises(Refused, match="bring it back first"):
        accept(people, proposal)
    with pytest.raises(Refused, match="bring it back first"):
        actions.break_glass(people.olive, proposal, digest=head_of(proposal).digest, reason="Now")

    recording.bring_back(people.alice, people.plan)
    assert accept(people, proposal).number == 2


@pytest.mark.parametrize("reason", ["a\x00b", "a\u202eb"])
def test_the_reason_to_break_the_glass_shows_all_that_it_says(people: Cast, reason: str) -> None:
    proposal = proposal_at(State.IN_REVIEW, people)

    with pytest.raises(TierwrightError, match="control characters"):
        actions.break_glass(people.olive, proposal, digest=head_of(proposal).digest, reason=reason)
