"""A yes is for what was seen: areas of one revision, bound to their seals; a change stales what it touches."""

from __future__ import annotations

from typing import Any

import pytest

from planner.models import Approval, CheckWaiver, Event, Proposal, Role, State
from planner.review import Refused, Stale, actions, recording
from planner.review.approvals import AreaStanding
from planner.review.standing import standing
from tests.cast import TODAY, Cast, approved_by, cast, head_of, proposal_at, proposed
from tests.planner.review.designs import load_balanced, media_server
from topology import revisions
from topology.areas import Seal
from topology.design import Promise
from topology.errors import TierwrightError

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def proposal(people: Cast) -> Proposal:
    return proposal_at(State.IN_REVIEW, people)


def area(proposal: Proposal, name: str) -> AreaStanding:
    return next(found for found in standing(proposal, today=TODAY).areas if found.name == name)


def edit(people: Cast, proposal: Proposal, **changes: Any) -> None:
    head = head_of(proposal)
    design = revisions.design_of(head).model_copy(update=changes)
    recording.save(people.alice, proposal.draft, design, parent_digest=head.digest, message="Edit")


def test_an_approval_keeps_the_seals_of_what_was_seen(people: Cast, proposal: Proposal) -> None:
    head = head_of(proposal)

    approval = actions.approve(people.carol, proposal, areas=["tier:web"], digest=head.digest, note="Good")

    assert (approval.revision, approval.note) == (head, "Good")
    assert list(approval.seals) == ["tier:web"]
    assert Seal.read(approval.seals["tier:web"]).area == "tier:web"


def test_every_area_together_is_an_approved_proposal(people: Cast, proposal: Proposal) -> None:
    approved_by(people.carol, proposal)

    assert proposal.state == State.APPROVED
    assert proposal.summary["unmet"] == []
    assert Event.objects.filter(verb="approve").get().data["state"] == ["in_review", "approved"]


def test_an_approval_of_what_is_not_there_any_more_stores_nothing(people: Cast, proposal: Proposal) -> None:
    seen = head_of(proposal).digest
    edit(people, proposal, notes="Changed meanwhile")

    with pytest.raises(Stale, match="revision 3 is newer than what you saw"):
        actions.approve(people.carol, proposal, areas=["tier:web"], digest=seen)

    assert not Approval.objects.exists()


@pytest.mark.parametrize(("areas", "says"), [
    ([], "name at least one area"),
    (["plan"], "does not change the plan outside its tiers"),
    (["tier:cache"], "does not change tier cache"),
])  # fmt: skip
def test_only_what_changes_is_approved(people: Cast, proposal: Proposal, areas: list[str], says: str) -> None:
    with pytest.raises(TierwrightError, match=says):
        actions.approve(people.carol, proposal, areas=areas, digest=head_of(proposal).digest)


def test_a_change_elsewhere_leaves_an_approval_alone(people: Cast, proposal: Proposal) -> None:
    approved_by(people.carol, proposal)

    edit(people, proposal, notes="A note that no file has")

    assert area(proposal, "tier:web").met
    assert not area(proposal, "plan").met
    proposal.refresh_from_db()
    assert (proposal.state, proposal.summary["stale"]) == (State.IN_REVIEW, [])


def test_a_change_stales_what_it_touches_and_says_why(people: Cast, proposal: Proposal) -> None:
    approved_by(people.carol, proposal)
    approval = Approval.objects.get()

    edit(people, proposal, promise=Promise(headroom=0.2))

    [(stale, why)] = area(proposal, "tier:web").stale
    assert stale == approval
    assert "headroom" in why
    assert Event.objects.filter(verb="edit").get().data["stale"] == [approval.pk]


def test_the_person_may_say_yes_again(people: Cast, proposal: Proposal) -> None:
    approved_by(people.carol, proposal)
    edit(people, proposal, promise=Promise(headroom=0.2))

    approved_by(people.carol, proposal)

    assert proposal.state == State.APPROVED
    assert area(proposal, "tier:web").stale == ()
    assert Approval.objects.count() == 2


def test_a_yes_that_is_taken_back_does_not_count(people: Cast, proposal: Proposal) -> None:
    approved_by(people.carol, proposal)

    actions.rescind(people.carol, proposal)

    assert proposal.state == State.IN_REVIEW
    assert Approval.objects.get().rescinded_at is not None
    with pytest.raises(Refused, match="you have not approved anything here"):
        actions.rescind(people.carol, proposal)


def test_who_is_no_approver_any_more_can_take_back_a_yes_that_no_longer_counts(
    people: Cast, proposal: Proposal
) -> None:
    approved_by(people.carol, proposal)
    people.team.memberships.filter(user=people.carol).update(role=Role.VIEWER)

    [(_, why)] = area(proposal, "tier:web").stale
    actions.rescind(people.carol, proposal)

    assert why == "carol is no approver any more"
    assert Approval.objects.get().rescinded_at is not None


def test_an_approver_who_then_edits_is_no_judge_of_it(people: Cast, proposal: Proposal) -> None:
    approved_by(people.carol, proposal)
    head = head_of(proposal)
    design = revisions.design_of(head).model_copy(update={"notes": "Mine"})

    recording.save(people.carol, proposal.draft, design, parent_digest=head.digest, message="Edit")

    [(_, why)] = area(proposal, "tier:web").stale
    assert "who made the last change (revision 3)" in why


def test_a_tier_that_goes_is_approved_too(people: Cast) -> None:
    design = revisions.load(people.plan)
    less = design.model_copy(update={"tiers": design.tiers[:1]})
    proposal = actions.propose(people.alice, people.plan, title="No database", design=less)
    actions.open_review(people.alice, proposal)

    approved_by(people.carol, proposal)

    assert area(proposal, "tier:database").met
    assert proposal.state == State.APPROVED


def test_an_approval_of_what_goes_is_void_once_it_stays(people: Cast) -> None:
    design = revisions.load(people.plan)
    less = design.model_copy(update={"tiers": design.tiers[:1]})
    proposal = actions.propose(people.alice, people.plan, title="No database", design=less)
    actions.open_review(people.alice, proposal)
    approved_by(people.carol, proposal)
    larger = design.tiers[1].model_copy(update={"servers": design.tiers[0].servers})

    edit(people, proposal, tiers=(design.tiers[0], larger))

    [(_, why)] = area(proposal, "tier:database").stale
    assert why == "tier database is there again"


def test_a_failing_check_is_taken_on_for_what_it_says(priced: Proposal, people: Cast) -> None:
    row = standing(priced, today=TODAY).check("budget")
    assert row is not None

    actions.waive_check(people.dave, priced, check="budget", evidence=row.evidence, reason="Only for the elections")

    after = standing(priced, today=TODAY).check("budget")
    assert after is not None
    assert (row.outcome, after.outcome) == ("fail", "waived")
    assert after.waiver == CheckWaiver.objects.get()
    assert Event.objects.get(verb="waive_check").data["reason"] == "Only for the elections"


def test_a_waiver_is_for_no_other_failure(priced: Proposal, people: Cast) -> None:
    row = standing(priced, today=TODAY).check("budget")
    assert row is not None
    actions.waive_check(people.dave, priced, check="budget", evidence=row.evidence, reason="Only for the elections")
    people.team.budget_month = 2
    people.team.save()

    again = standing(priced, today=TODAY).check("budget")

    assert again is not None
    assert again.outcome == "fail"
    with pytest.raises(Stale, match="says something else now"):
        actions.waive_check(people.dave, priced, check="budget", evidence=row.evidence, reason="As before")


@pytest.mark.parametrize(("check", "reason", "says"), [
    ("budget", " ", "say why"),
    ("budget", "x" * 301, "longer than 300"),
    ("findings", "Why not", "does not fail"),
    ("weather", "Why not", "there is no check weather"),
])  # fmt: skip
def test_nothing_is_taken_on_that_does_not_fail(
    priced: Proposal, people: Cast, check: str, reason: str, says: str
) -> None:
    with pytest.raises(TierwrightError, match=says):
        actions.waive_check(people.dave, priced, check=check, evidence="x", reason=reason)


def test_the_author_takes_nothing_on(people: Cast) -> None:
    proposal = actions.propose(people.olive, people.plan, title="Mine")

    with pytest.raises(Refused, match="does not approve it"):
        actions.waive_check(people.olive, proposal, check="budget", evidence="x", reason="Fine")


@pytest.fixture
def priced(people: Cast) -> Proposal:
    """A proposal in review that costs more than the team may spend."""
    people.team.budget_month = 1
    people.team.save()
    head = revisions.get(people.plan)
    revisions.record(people.plan, media_server(), parent_digest=head.digest, message="Media")
    proposal = actions.propose(people.alice, people.plan, title="A balancer", design=load_balanced())
    actions.open_review(people.alice, proposal)
    return proposal


def test_evidence_is_kept_for_the_files_it_is_of(people: Cast) -> None:
    proposal = proposed(people)

    row = actions.add_evidence(
        people.bob, proposal, kind="rehearsal", content_digest="ab" * 32, report={"passed": True}
    )

    assert (row.user, row.report) == (people.bob, {"passed": True})
    assert Event.objects.get(verb="add_evidence").data["evidence"] == row.pk


def test_a_report_beyond_measure_is_refused(people: Cast) -> None:
    proposal = proposed(people)

    with pytest.raises(TierwrightError, match="too large"):
        actions.add_evidence(
            people.bob, proposal, kind="rehearsal", content_digest="ab" * 32, report={"x": "y" * 1_000_001}
        )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, "\ud800", "a\x00b", [[[]]]])
def test_a_report_that_no_database_keeps_is_refused(people: Cast, value: Any) -> None:
    proposal = proposed(people)
    report = {"x": value} if value != [[[]]] else {"x": deep(60)}

    with pytest.raises(TierwrightError, match="report"):
        actions.add_evidence(people.bob, proposal, kind="rehearsal", content_digest="ab" * 32, report=report)


def deep(levels: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(levels):
        found = [found]
    return found


def test_a_yes_that_is_sent_twice_is_one(people: Cast, proposal: Proposal) -> None:
    digest = head_of(proposal).digest

    first, again = (actions.approve(people.carol, proposal, areas=["tier:web"], digest=digest) for _ in "12")
    actions.rescind(people.carol, proposal)
    anew = actions.approve(people.carol, proposal, areas=["tier:web"], digest=digest)

    assert first.pk == again.pk != anew.pk
    assert Event.objects.filter(verb="approve").count() == 2


def test_a_note_shows_all_that_it_says(people: Cast, proposal: Proposal) -> None:
    head = head_of(proposal)

    for note in ("a\x00b", "a\u202eb", "a\ud800b"):
        with pytest.raises(TierwrightError, match="control characters"):
            actions.approve(people.carol, proposal, areas=["tier:web"], digest=head.digest, note=note)

    assert actions.approve(people.carol, proposal, areas=["tier:web"], digest=head.digest, note="a\r\nb").note == "a\nb"
