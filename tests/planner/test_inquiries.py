"""A question is worked on once, by a process beside the pages; its end is noticed, whatever it was."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from planner import inquiries
from planner.inquiries import MOST_AT_ONCE, Stopped, Tell, begin, find, work_on
from planner.models import LOST_AFTER, Inquiry
from tests.builders import newspaper
from topology import revisions
from topology.errors import TierwrightError
from topology.models import Revision

SIMULATION = Inquiry.Kind.SIMULATION


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Inquiry]:
    """Inquiries for which a process would begin."""
    started: list[Inquiry] = []
    monkeypatch.setattr(inquiries, "_start", started.append)
    return started


@pytest.fixture
def revision(transactional_db: None) -> Revision:
    return revisions.start(newspaper(), name="The newspaper", message="First")


def test_the_same_question_is_worked_on_once(revision: Revision, begun: list[Inquiry]) -> None:
    first = begin(SIMULATION, revision, {"seed": 1})
    second = begin(SIMULATION, revision, {"seed": 1})
    other = begin(SIMULATION, revision, {"seed": 2})

    assert first == second == find(SIMULATION, revision, {"seed": 1})
    assert begun == [first, other]


def test_an_answer_is_kept_and_given_at_once(revision: Revision, begun: list[Inquiry]) -> None:
    def work(inquiry: Inquiry, tell: Tell) -> dict[str, Any]:
        tell("counting", 0.5)
        inquiry.refresh_from_db()
        assert (inquiry.says, inquiry.share, inquiry.is_running) == ("counting", 0.5, True)
        return {"answer": 42}

    work_on(begin(SIMULATION, revision, {"seed": 1}), work)

    again = begin(SIMULATION, revision, {"seed": 1})
    assert (again.state, again.answer) == (Inquiry.State.DONE, {"answer": 42})
    assert len(begun) == 1


@pytest.mark.parametrize(
    ("raised", "state", "starts"),
    [
        (TierwrightError("this cannot be"), Inquiry.State.REFUSED, 1),
        (Stopped(), Inquiry.State.STOPPED, 2),
        (ZeroDivisionError(), Inquiry.State.FAILED, 2),
    ],
)
def test_an_end_without_an_answer_is_told(
    raised: Exception, state: str, starts: int, revision: Revision, begun: list[Inquiry]
) -> None:
    def work(inquiry: Inquiry, tell: Tell) -> dict[str, Any]:
        raise raised

    inquiry = begin(SIMULATION, revision, {"seed": 1})
    try:
        work_on(inquiry, work)
    except ZeroDivisionError:
        assert state == Inquiry.State.FAILED

    inquiry.refresh_from_db()
    assert inquiry.state == state
    assert inquiry.refusal == (str(raised) if state == Inquiry.State.REFUSED else "")
    begin(SIMULATION, revision, {"seed": 1})
    assert len(begun) == starts


def test_a_process_that_is_silent_is_lost_and_followed_by_another(revision: Revision, begun: list[Inquiry]) -> None:
    inquiry = begin(SIMULATION, revision, {"seed": 1})
    Inquiry.objects.update(seen_at=timezone.now() - LOST_AFTER * 2)
    inquiry.refresh_from_db()
    assert not inquiry.is_running

    assert begin(SIMULATION, revision, {"seed": 1}).is_running
    assert len(begun) == 2


def test_a_process_that_is_killed_is_noticed_at_once(revision: Revision, begun: list[Inquiry]) -> None:
    inquiry = begin(SIMULATION, revision, {"seed": 1})

    inquiries._see_off(inquiry, -9)

    inquiry.refresh_from_db()
    assert inquiry.state == Inquiry.State.FAILED


def test_no_more_processes_run_at_once_than_the_machine_is_good_for(revision: Revision, begun: list[Inquiry]) -> None:
    for seed in range(MOST_AT_ONCE):
        begin(SIMULATION, revision, {"seed": seed})

    with pytest.raises(TierwrightError, match="ask again in a moment"):
        begin(SIMULATION, revision, {"seed": 99})
    assert len(begun) == MOST_AT_ONCE


def tells(inquiry: Inquiry, tell: Tell) -> dict[str, Any]:
    tell("on it goes", None)
    return {"answer": 42}


def test_a_process_that_was_stopped_or_followed_writes_nothing_more(revision: Revision, begun: list[Inquiry]) -> None:
    inquiry = begin(SIMULATION, revision, {"seed": 1})
    Inquiry.objects.update(state=Inquiry.State.STOPPED)
    begin(SIMULATION, revision, {"seed": 1})

    work_on(inquiry, lambda inquiry, tell: {"answer": 42})

    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.answer) == (Inquiry.State.RUNNING, None)
    Inquiry.objects.update(state=Inquiry.State.STOPPED)
    work_on(inquiry, tells)
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.says) == (Inquiry.State.STOPPED, "")


def test_old_answers_make_room(revision: Revision, begun: list[Inquiry], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inquiries, "KEPT", 2)
    for seed in range(3):
        begin(SIMULATION, revision, {"seed": seed})

    assert sorted(Inquiry.objects.values_list("asked__seed", flat=True)) == [1, 2]
