"""A proposal's page says what is missing, also of a design that cannot be written or of a baseline that has moved."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planner.models import Proposal, State, Thread
from planner.review import actions, recording
from planner.review.standing import Standing, named, standing, to_document
from tests.cast import TODAY, Cast, approved_by, cast, head_of, proposal_at, proposed
from topology import document, revisions
from topology.components import catalogue

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def stand(proposal: Proposal) -> Standing:
    return standing(proposal, today=TODAY)


def save_plan(people: Cast, **changes: Any) -> None:
    head = revisions.get(people.plan)
    design = revisions.design_of(head).model_copy(update=changes)
    recording.save(people.dave, people.plan, design, parent_digest=head.digest, message="Elsewhere")


def test_the_areas_that_change_and_the_checks_are_listed(people: Cast) -> None:
    found = stand(proposed(people))

    assert "tier:web" in {area.name for area in found.areas}
    assert [row.name for row in found.checks] == [
        "findings", "promise", "loss_of_one", "budget", "validation", "rehearsal", "guesses"
    ]  # fmt: skip
    assert (found.behind, found.blocking, found.is_approved) == (None, (), False)


def test_nothing_is_missing_once_everybody_agreed(people: Cast) -> None:
    found = stand(proposal_at(State.APPROVED, people))

    assert (found.is_approved, found.missing) == (True, ())


def test_a_proposal_that_changes_nothing_is_not_approved(people: Cast) -> None:
    found = stand(actions.propose(people.alice, people.plan, title="Nothing"))

    assert (found.areas, found.is_approved) == ((), False)
    assert found.missing == ("It changes nothing yet.",)


def test_a_design_whose_files_clash_says_so(people: Cast) -> None:
    data = document.to_data(revisions.load(people.plan))
    data["tiers"][0]["roles"] = ["nginx", "lighttpd"]
    proposal = proposed(people)
    design = document.from_data(data, catalogue=catalogue())
    recording.save(people.alice, proposal.draft, design, parent_digest=head_of(proposal).digest, message="Both")

    found = stand(proposal)

    assert found.areas == ()
    assert found.trouble
    assert found.missing[0].startswith("The files cannot be written: ")


def test_behind_tells_what_both_changed_from_what_the_baseline_changed_alone(people: Cast) -> None:
    proposal = proposed(people)
    tiers = revisions.load(proposed(people, web=5).draft).tiers
    save_plan(people, tiers=tiers, notes="Elsewhere")

    behind = stand(proposal).behind

    assert behind is not None
    assert (behind.touched, behind.elsewhere) == (("tiers/web/servers/count",), ("notes",))
    assert stand(proposal).missing[-1].startswith("The baseline changed where this does: tiers/web/servers/count.")


def test_behind_elsewhere_alone_lacks_nothing(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    save_plan(people, notes="Elsewhere")

    found = stand(proposal)

    assert found.behind is not None
    assert (found.behind.touched, found.missing) == ((), ())


def test_a_baseline_that_came_back_is_not_ahead(people: Cast) -> None:
    proposal = proposed(people)
    save_plan(people, notes="There")
    head = revisions.get(people.plan)
    before = revisions.load(people.plan, 1)
    recording.save(people.dave, people.plan, before, parent_digest=head.digest, message="Back")

    assert stand(proposal).behind is None


def test_blocking_threads_count_while_they_are_open(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    head = head_of(proposal)
    threads = [Thread.objects.create(proposal=proposal, revision=head, blocking=blocking) for blocking in (True, True)]
    Thread.objects.create(proposal=proposal, revision=head, blocking=False)

    both = stand(proposal)
    Thread.objects.filter(pk=threads[0].pk).update(resolved_at=both.head.created_at, resolved_by=people.carol)

    assert both.missing == ("2 blocking threads are open.",)
    assert stand(proposal).missing == ("A blocking thread is open.",)


def test_the_document_is_json_with_the_keys_that_programs_read(people: Cast) -> None:
    proposal = proposal_at(State.IN_REVIEW, people)
    approved_by(people.carol, proposal)

    data = to_document(stand(proposal))

    assert json.loads(json.dumps(data)) == data
    assert set(data) == {
        "digest", "revision", "base", "approved", "areas", "checks", "behind", "blocking_threads", "missing"
    }  # fmt: skip
    assert data["areas"][0]["approved_by"] == ["carol"]


def test_a_long_list_of_places_is_counted() -> None:
    assert named(("a", "b", "c")) == "a, b, c"
    assert named(("a", "b", "c", "d", "e")) == "a, b, c and 2 more"
