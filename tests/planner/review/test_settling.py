"""The state follows from the approvals, lists have what they show, and rules that change are looked at again."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from planner import audit, checking, processes
from planner.models import Event, ReviewRule, Role, State, Thread
from planner.review import actions
from planner.review.settling import settle_team
from planner.verifying import verify
from tests.cast import Cast, approved_by, cast, head_of, proposal_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def test_a_stricter_rule_sends_it_back_into_review(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    ReviewRule.objects.create(team=people.team, area="*", number=2)

    changed = settle_team(people.team)

    proposal.refresh_from_db()
    event = Event.objects.get(verb="settle")
    assert (changed, proposal.state) == (1, State.IN_REVIEW)
    assert (event.actor, event.data["state"]) == ("the rules", ["approved", "in_review"])
    assert verify()[0].breaks == []


def test_who_is_no_approver_any_more_is_told(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    people.team.memberships.filter(user=people.carol).update(role=Role.EDITOR)

    settle_team(people.team)

    assert Event.objects.get(verb="settle").data["stale"] == [proposal.approvals.get().pk]


def test_where_nothing_changes_nothing_is_told(people: Cast) -> None:
    proposal_at(State.APPROVED, people)

    assert settle_team(people.team) == 0
    assert not Event.objects.filter(verb="settle").exists()


def test_drafts_and_what_is_decided_are_left_alone(people: Cast) -> None:
    for state in (State.DRAFT, State.ACCEPTED, State.WITHDRAWN):
        proposal_at(state, people)
    ReviewRule.objects.create(team=people.team, area="*", number=2)

    assert settle_team(people.team) == 0


def test_the_command_says_how_many(people: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    proposal_at(State.APPROVED, people)
    ReviewRule.objects.create(team=people.team, area="*", number=2)

    call_command("settle_team", "paper")

    assert capsys.readouterr().out == "1 proposals stand otherwise now\n"


def test_what_was_decided_keeps_the_sentence_it_was_decided_on(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    sentence = proposal.summary["sentence"]

    actions.accept(people.alice, proposal, digest=head_of(proposal).digest)

    assert proposal.summary == {"sentence": sentence, "missing": [], "unmet": [], "stale": []}


def test_a_thread_that_blocks_is_on_the_lists(people: Cast) -> None:
    proposal = proposal_at(State.APPROVED, people)
    thread = Thread.objects.create(proposal=proposal, revision=head_of(proposal), blocking=True)

    audit.write(people.team, people.bob, "start_thread", proposal=proposal, rows=(thread,))

    proposal.refresh_from_db()
    assert proposal.summary["missing"] == ["A blocking thread is open."]
    assert verify()[0].breaks == []


@pytest.mark.django_db(transaction=True)
def test_the_programs_are_asked_once_review_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    people, asked = cast(), list[str]()
    monkeypatch.setattr(checking, "_start", lambda found, *how: asked.append(found.content_digest))

    proposal = proposal_at(State.IN_REVIEW, people)
    approved_by(people.carol, proposal)

    assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
def test_a_rule_that_changes_has_proposals_looked_at_beside_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    people, started = cast(), list[tuple[str, ...]]()
    monkeypatch.setattr(checking, "_start", lambda found, *how: None)
    proposal_at(State.APPROVED, people)
    monkeypatch.setattr(processes, "start", lambda *command, **how: started.append(command))

    audit.write(people.team, people.olive, "add_rule", data={"area": "*"})

    assert started == [("settle_team", "paper")]
