"""Each check says pass, fail or what it would have to know, and a failure has evidence that a waiver can name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from planner.models import Checking, Evidence, Proposal
from planner.packed import built
from planner.review import actions
from planner.review.checks import Said, checks
from planner.review.standing import CheckRow, standing
from tests.cast import TODAY, Cast, cast, head_of, proposed
from tests.planner.review.designs import load_balanced, media_server
from topology import revisions
from topology.bundles import ValidationReport, unvalidated
from topology.design import Design, Promise

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def proposal_of(people: Cast, **changes: Any) -> Proposal:
    """From the media server to a balancer, which has a forecast."""
    head = revisions.get(people.plan)
    revisions.record(people.plan, media_server(), parent_digest=head.digest, message="Media")
    design = load_balanced().model_copy(update=changes)
    return actions.propose(people.alice, people.plan, title="A balancer", design=design)


def row(proposal: Proposal, name: str) -> CheckRow:
    found = standing(proposal, today=TODAY).check(name)
    assert found is not None
    return found


def outcome(proposal: Proposal, name: str) -> tuple[str, str]:
    found = row(proposal, name)
    return found.outcome, found.says


def test_every_check_has_a_title_and_says_what_it_is() -> None:
    import sys

    assert all(check.title and sys.modules[type(check).__module__].__doc__ for check in checks())
    assert len({check.name for check in checks()}) == len(checks())


def test_another_sentence_is_other_evidence() -> None:
    one, other = Said(outcome="fail", says="212 of 200"), Said(outcome="fail", says="213 of 200")

    assert one.evidence("budget") == Said(outcome="fail", says="212 of 200").evidence("budget")
    assert len({one.evidence("budget"), other.evidence("budget"), one.evidence("promise")}) == 3


def test_what_was_not_said_is_unknown_and_stops_nothing(people: Cast) -> None:
    found = {row.name: row.outcome for row in standing(proposed(people), today=TODAY).checks}

    assert found == {
        "findings": "pass", "promise": "unknown", "loss_of_one": "unknown", "budget": "unknown",
        "validation": "unknown", "rehearsal": "unknown", "guesses": "unknown",
    }  # fmt: skip


def test_promises_that_hold(people: Cast) -> None:
    assert outcome(proposal_of(people), "promise") == (
        "pass", "Availability 99.86 %, promised 99.80 %. 60 % of capacity free at the peak, promised 30 %."
    )  # fmt: skip


def test_a_promise_that_does_not_hold_is_named_alone(people: Cast) -> None:
    proposal = proposal_of(people, promise=Promise(p95_ms=100, availability=0.998))

    assert outcome(proposal, "promise") == ("fail", "P95 659 ms, promised 100 ms.")


def test_single_points_are_named(people: Cast) -> None:
    found = row(proposal_of(people), "loss_of_one")

    assert found.outcome == "fail"
    assert found.says.startswith("Only one of its kind: lb1, media1 and db1.")


@pytest.mark.parametrize(("budget", "expected"), [
    ("614.28", "pass"), ("614.27", "fail"), (None, "unknown"),
])  # fmt: skip
def test_the_cost_against_the_budget(people: Cast, budget: str | None, expected: str) -> None:
    people.team.budget_month = Decimal(budget) if budget else None
    people.team.save()

    assert outcome(proposal_of(people), "budget")[0] == expected


def test_a_cost_in_another_currency_is_not_held_against_the_budget(people: Cast) -> None:
    people.team.budget_month = Decimal(1)
    people.team.save()

    assert outcome(proposal_of(people, currency="EUR"), "budget") == (
        "unknown", "The cost is in USD and the plan's currency is EUR."
    )  # fmt: skip


def test_programs_that_are_at_it_keep_it_back(people: Cast) -> None:
    proposal = proposed(people)
    _checking(proposal, state=Checking.State.RUNNING, done=3, total=9, seen_at=timezone.now())

    assert outcome(proposal, "validation") == ("running", "Of 9 files 3 were looked at.")
    assert any("3 were looked at" in says for says in standing(proposal, today=TODAY).missing)


def test_a_checker_that_died_keeps_nothing_back(people: Cast) -> None:
    proposal = proposed(people)
    _checking(proposal, state=Checking.State.RUNNING, seen_at=timezone.now() - timedelta(hours=1))

    assert outcome(proposal, "validation") == ("unknown", "The checking ended without an answer: ask again.")


@pytest.mark.parametrize(("results", "expected", "says"), [
    (("accepted", "accepted"), "pass", "All 2 files are accepted."),
    (("accepted", "unvalidated"), "unknown", "1 of 2 files are accepted; 1 were looked at by no program."),
    (("accepted", "refused"), "fail", "Web1 /etc/hosts is refused."),
])  # fmt: skip
def test_the_word_of_the_programs(people: Cast, results: tuple[str, ...], expected: str, says: str) -> None:
    proposal = proposed(people)
    _checking(proposal, state=Checking.State.DONE, report=_report(_design(proposal), results).document())

    assert outcome(proposal, "validation") == (expected, says)


def test_a_rehearsal_of_these_files_counts(people: Cast) -> None:
    proposal = proposed(people)
    answers = [{"question": "Is it up?", "says": "yes", "passed": True}]
    _evidence(people, proposal, built(_design(proposal)).content_digest, {"passed": True, "answers": answers})

    assert outcome(proposal, "rehearsal") == ("pass", "1 of 1 questions were answered as they should.")


def test_a_rehearsal_that_failed_stops(people: Cast) -> None:
    proposal = proposed(people)
    report = {
        "passed": False, "answers": [{"question": "Is it up?", "says": "502", "passed": False}],
        "drill": {"server": "web1", "failed": 7, "requests": 900},
    }  # fmt: skip
    _evidence(people, proposal, built(_design(proposal)).content_digest, report)

    assert outcome(proposal, "rehearsal") == (
        "fail",
        "0 of 1 questions were answered as they should. Is it up?: 502 Without web1 7 of 900 requests failed.",
    )


def test_a_rehearsal_of_other_files_is_old(people: Cast) -> None:
    proposal = proposed(people)
    _evidence(people, proposal, "ab" * 32, {"passed": True}, at=datetime(2026, 11, 13, tzinfo=UTC))

    assert outcome(proposal, "rehearsal") == ("unknown", "The last rehearsal, 12 days ago, was of other files.")


@pytest.mark.parametrize("report", [{}, {"passed": "yes"}, {"passed": None, "answers": "all"}])
def test_a_report_that_does_not_say_is_no_rehearsal(people: Cast, report: dict[str, Any]) -> None:
    proposal = proposed(people)
    _evidence(people, proposal, built(_design(proposal)).content_digest, report)

    assert outcome(proposal, "rehearsal")[0] == "unknown"


def test_guesses_are_said_and_stop_nothing(people: Cast) -> None:
    found = row(proposal_of(people), "guesses")

    assert (found.outcome, found.stops) == ("unknown", False)
    assert "rests on guesses" in found.says


def _design(proposal: Proposal) -> Design:
    return revisions.design_of(head_of(proposal))


def _checking(proposal: Proposal, **said: Any) -> Checking:
    digest = built(_design(proposal)).content_digest
    return Checking.objects.create(content_digest=digest, revision=head_of(proposal), **said)


def _report(design: Design, results: tuple[str, ...]) -> ValidationReport:
    from dataclasses import replace

    report = unvalidated(built(design), "nobody")
    answers = tuple(
        replace(answer, host="web1", path="etc/hosts", result=result)  # type: ignore[arg-type]
        for answer, result in zip(report.answers, results, strict=False)
    )
    return replace(report, answers=answers)


def _evidence(
    people: Cast, proposal: Proposal, digest: str, report: dict[str, Any], at: datetime | None = None
) -> Evidence:
    return Evidence.objects.create(
        proposal=proposal, kind="rehearsal", content_digest=digest, report=report, user=people.bob,
        created_at=at or timezone.now(),
    )  # fmt: skip
