"""A proposal is cut from the plan's newest revision, moves by the table, and every move is told to the audit."""

from __future__ import annotations

from datetime import date

import pytest

from planner import audit
from planner.models import Event, Proposal, State
from planner.people import local_person, local_team
from planner.review import Refused, actions
from planner.verifying import verify
from tests.builders import newspaper
from tests.cast import Cast, cast, head_of, proposal_at, proposed
from topology import revisions
from topology.errors import TierwrightError
from topology.models import Plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def events() -> list[str]:
    return list(Event.objects.values_list("verb", flat=True))


def test_a_draft_is_cut_from_the_newest_revision(people: Cast) -> None:
    proposal = actions.propose(people.alice, people.plan, title="Something new")

    assert (proposal.number, proposal.state, proposal.base) == (1, State.DRAFT, people.revision)
    assert proposal.draft.slug == "newspaper-p1"
    assert head_of(proposal).digest == people.revision.digest
    assert head_of(proposal).author == "alice"


def test_with_a_design_it_is_the_second_revision_under_the_name_of_the_plan(people: Cast) -> None:
    design = revisions.load(people.plan).model_copy(update={"name": "other", "notes": "Better"})

    proposal = actions.propose(people.alice, people.plan, title="Better", design=design)

    head = head_of(proposal)
    assert (head.number, head.message) == (2, "Better")
    assert revisions.design_of(head).name == "newspaper"
    assert revisions.design_of(head).notes == "Better"


def test_a_plan_from_before_there_were_teams_is_held_from_then_on() -> None:
    plan = revisions.start(newspaper(), name="Older", message="first").plan

    proposal = actions.propose(local_person(), plan, title="Something new")

    assert proposal.plan.holding.team == local_team()
    assert [history.says for history in verify()] == ["local: 1 events, 2 revisions: whole"]


def test_a_form_that_is_sent_twice_makes_one_proposal(people: Cast) -> None:
    design = newspaper().model_copy(update={"notes": "Other"})

    first, again = (
        actions.propose(people.alice, people.plan, title="Notes", why="Why", design=design, once=True) for _ in "12"
    )
    bare, bare_again = (actions.propose(people.alice, people.plan, title="Notes", once=True) for _ in "12")
    other = actions.propose(people.dave, people.plan, title="Notes", once=True)

    assert (first.pk, bare.pk) == (again.pk, bare_again.pk)
    assert len({first.pk, bare.pk, other.pk}) == 3
    assert events() == ["propose"] * 3


def test_each_proposal_of_a_plan_has_a_number_and_a_slug_of_its_own(people: Cast) -> None:
    Plan.objects.create(slug="newspaper-p2", name="In the way")

    numbers = [(found.number, found.draft.slug) for found in (proposed(people), proposed(people), proposed(people))]

    assert numbers == [(1, "newspaper-p1"), (2, "newspaper-p2-2"), (3, "newspaper-p3")]


def test_it_is_told_with_the_rows_it_made(people: Cast) -> None:
    proposal = proposed(people)

    event = Event.objects.get(verb="propose")

    assert (event.actor, event.plan, event.proposal) == ("alice", "newspaper", proposal.pk)
    assert {row["kind"] for row in event.data["rows"]} == {"proposal", "revision"}
    assert event.data["rows"][0]["digest"] == audit.digest_of(proposal)


def test_lists_have_what_they_show(people: Cast) -> None:
    proposal = proposed(people)

    assert set(proposal.summary) == {"sentence", "missing", "unmet", "stale"}
    assert "tier:web" in proposal.summary["unmet"]


@pytest.mark.parametrize("title", ["", "   ", "x" * 121, "a\x00b"])
def test_a_title_that_is_none_is_refused_and_leaves_nothing(people: Cast, title: str) -> None:
    with pytest.raises(TierwrightError) as refusal:
        actions.propose(people.alice, people.plan, title=title)

    assert refusal.value.place.path == "title"
    assert not Proposal.objects.exists()
    assert Plan.objects.count() == 1


def test_a_commenter_proposes_nothing(people: Cast) -> None:
    with pytest.raises(Refused, match="takes the role editor"):
        actions.propose(people.bob, people.plan, title="Mine")


def test_a_proposal_that_changes_nothing_is_not_reviewed(people: Cast) -> None:
    proposal = actions.propose(people.alice, people.plan, title="Nothing")

    with pytest.raises(Refused, match="changes nothing yet"):
        actions.open_review(people.alice, proposal)

    assert proposal.state == State.DRAFT


def test_asking_for_review_again_lets_approvals_count_that_hold(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    actions.request_changes(people.dave, proposal, note="One more thing")

    actions.open_review(people.alice, proposal)

    assert proposal.state == State.APPROVED


def test_who_requests_changes_says_which(people: Cast) -> None:
    proposal = proposal_at(State.IN_REVIEW, people)

    with pytest.raises(TierwrightError, match="say what has to change"):
        actions.request_changes(people.carol, proposal, note=" ")
    actions.request_changes(people.carol, proposal, note="Why not four?")

    assert proposal.state == State.CHANGES_REQUESTED
    assert Event.objects.get(verb="request_changes").data["note"] == "Why not four?"


@pytest.mark.parametrize("note", ["a\x00b", "a\u202eb", "a\ud800b"])
def test_what_has_to_change_shows_all_that_it_says(people: Cast, note: str) -> None:
    proposal = proposal_at(State.IN_REVIEW, people)

    with pytest.raises(TierwrightError, match="control characters"):
        actions.request_changes(people.carol, proposal, note=note)

    assert "request_changes" not in events()


def test_what_was_withdrawn_is_opened_again_as_a_draft(people: Cast) -> None:
    proposal = proposal_at(State.WITHDRAWN, people)

    actions.reopen(people.alice, proposal)

    assert proposal.state == State.DRAFT
    assert events()[-2:] == ["withdraw", "reopen"]
    assert Event.objects.get(verb="reopen").data["state"] == ["withdrawn", "draft"]


def test_a_proposal_gives_way_to_another_of_its_plan(people: Cast) -> None:
    first, second = proposed(people), proposed(people)

    actions.supersede(people.alice, first, by=second)

    assert first.state == State.SUPERSEDED
    assert Event.objects.get(verb="supersede").data["by"] == second.pk


def test_a_proposal_does_not_give_way_to_itself(people: Cast) -> None:
    proposal = proposed(people)

    with pytest.raises(TierwrightError, match="another proposal of the same plan"):
        actions.supersede(people.alice, proposal, by=proposal)


def test_the_words_change_and_the_approvals_stay(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)

    actions.edit_words(people.alice, proposal, title="Three", why="**Because**", decide_by=date(2026, 12, 1))

    proposal.refresh_from_db()
    assert (proposal.title, proposal.why, proposal.decide_by) == ("Three", "**Because**", date(2026, 12, 1))
    assert proposal.state == State.APPROVED
    assert Event.objects.get(verb="edit_words").data["was"]["title"] == "A third web server"


def test_a_verb_works_on_the_row_as_it_is_now(people: Cast) -> None:
    proposal = proposal_at(State.IN_REVIEW, people)
    old = Proposal.objects.get(pk=proposal.pk)
    actions.withdraw(people.alice, proposal)

    with pytest.raises(Refused, match="withdrawn"):
        actions.request_changes(people.carol, old, note="Too late")
