"""Tasks of one process: a thread runs them one after the other, and goes when there are none."""

from __future__ import annotations

import logging
import os
import threading

import pytest
from django_tasks import TaskResultStatus, task
from django_tasks.exceptions import TaskResultDoesNotExist

from tests.workers import until
from topology import background
from topology.background import ThreadBackend

GATE = threading.Event()
DONE: list[str] = []


@task()
def note(text: str) -> None:
    """Wait for the gate, then leave a note."""
    GATE.wait(30)
    DONE.append(text)


@task()
def fail() -> None:
    """As a task that has a fault."""
    raise ArithmeticError("a fault")


@pytest.fixture(autouse=True)
def line() -> ThreadBackend:
    GATE.clear()
    DONE.clear()
    return ThreadBackend("default", {"QUEUES": ["default"]})


def test_tasks_run_in_their_order_and_one_at_a_time(line: ThreadBackend) -> None:
    queued = [line.enqueue(note, (text,), {}) for text in ("one", "two", "three")]

    until(lambda: line.get_result(queued[0].id).status == TaskResultStatus.RUNNING)
    assert line.get_result(queued[2].id).status == TaskResultStatus.READY
    GATE.set()
    until(lambda: len(DONE) == 3)

    assert DONE == ["one", "two", "three"]


def test_the_thread_goes_and_comes_back(line: ThreadBackend) -> None:
    GATE.set()
    for text in ("one", "two"):
        line.enqueue(note, (text,), {})
        until(lambda: all(thread.name != "tasks" for thread in threading.enumerate()))

    assert DONE == ["one", "two"]


def test_what_has_ended_is_forgotten(line: ThreadBackend) -> None:
    GATE.set()
    queued = line.enqueue(note, ("one",), {})
    until(lambda: all(thread.name != "tasks" for thread in threading.enumerate()))

    with pytest.raises(TaskResultDoesNotExist):
        line.get_result(queued.id)


def test_a_fault_does_not_stop_the_tasks_behind_it(line: ThreadBackend, caplog: pytest.LogCaptureFixture) -> None:
    GATE.set()
    with caplog.at_level(logging.INFO, logger="django_tasks"):  # a worker that ran here may have left it silent
        line.enqueue(fail, (), {})
        line.enqueue(note, ("behind",), {})

        until(lambda: DONE == ["behind"])

    assert "ArithmeticError" in caplog.text


def test_after_a_fork_a_process_has_a_line_of_its_own(line: ThreadBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    queued = line.enqueue(note, ("one",), {})
    with monkeypatch.context() as patched:
        patched.setattr(background, "_lines", list(background._lines))
        patched.setattr(os, "getpid", lambda: -1)

        with pytest.raises(TaskResultDoesNotExist):
            line.get_result(queued.id)

    GATE.set()
    until(lambda: DONE == ["one"])
