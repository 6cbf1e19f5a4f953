"""A bundle says of itself whether a team has accepted it, who approved it, and which event of the audit proves it."""

from __future__ import annotations

import pytest

from planner import audit
from planner.models import Event, State
from planner.packed import built
from planner.review import actions
from planner.review.certificate import certified
from tests.cast import Cast, approved_by, cast, head_of, proposal_at, proposed
from topology import revisions
from topology.bundles import Papers
from topology.models import Revision

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def papers_of(revision: Revision) -> Papers:
    return certified(built(revisions.design_of(revision)), revision).papers


def test_a_plan_that_was_saved_without_a_proposal_is_a_draft(people: Cast) -> None:
    papers = papers_of(people.revision)

    assert (papers.standing, papers.revision, papers.approved_by) == ("DRAFT", 1, ())


def test_an_accepted_revision_names_its_approvers_and_its_event(people: Cast) -> None:
    proposal = proposal_at(State.ACCEPTED, people)
    assert proposal.accepted is not None

    papers = papers_of(proposal.accepted)

    assert (papers.standing, papers.plan, papers.revision) == ("accepted", "newspaper", 2)
    assert papers.approved_by == ("carol",)
    assert papers.audit_head == Event.objects.get(verb="accept").hash


def test_what_is_said_later_changes_no_byte_of_it(people: Cast) -> None:
    proposal = proposal_at(State.ACCEPTED, people)
    assert proposal.accepted is not None
    before = papers_of(proposal.accepted)

    audit.write(people.team, people.bob, "look", proposal=proposal)

    assert papers_of(proposal.accepted) == before


def test_a_draft_names_who_approved_exactly_these_files(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)

    papers = papers_of(head_of(proposal))

    assert (papers.standing, papers.approved_by) == ("DRAFT", ("carol",))


def test_a_yes_that_was_taken_back_is_not_named(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    actions.rescind(people.carol, proposal)

    assert papers_of(head_of(proposal)).approved_by == ()


def test_the_content_digest_is_the_same_before_and_after_the_review(people: Cast) -> None:
    proposal = proposed(people)
    draft = built(revisions.design_of(head_of(proposal)))
    actions.open_review(people.alice, proposal)
    approved_by(people.carol, proposal)
    accepted = actions.accept(people.alice, proposal, digest=head_of(proposal).digest)

    assert certified(draft, accepted).content_digest == draft.content_digest


def test_a_broken_glass_is_named_beside_those_who_had_approved(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)

    accepted = actions.break_glass(people.olive, proposal, digest=head_of(proposal).digest, reason="The site is down")

    papers = papers_of(accepted)
    assert (papers.standing, papers.approved_by, papers.broke_glass) == ("accepted", ("carol",), "The site is down")
