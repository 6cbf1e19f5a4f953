"""While the database or the disk is out of order, pages say so with the way out, and claim nothing uncertain."""

from __future__ import annotations

import errno
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client, RequestFactory

from planner import errors
from planner.outages import outage_of

GONE = OperationalError("server closed the connection unexpectedly")
REFUSED = OperationalError("connection to server on socket failed: No such file or directory")
LOCKED = OperationalError("database is locked")
FULL = OperationalError("database or disk is full")


@pytest.mark.parametrize("error", [GONE, REFUSED, InterfaceError("connection already closed")])
def test_a_database_that_is_gone_leaves_open_whether_a_form_was_saved(error: Exception) -> None:
    outage = outage_of(error, writes=True)

    assert outage is not None
    assert outage.title == "The database does not answer"
    assert "It is not certain that this was saved" in outage.says


def test_whoever_only_looked_is_told_to_try_again() -> None:
    outage = outage_of(GONE, writes=False)

    assert outage is not None
    assert outage.says == "Wait a few seconds and try again. What was saved is safe."


def test_a_database_that_others_hold_saved_nothing() -> None:
    outage = outage_of(LOCKED, writes=True)

    assert outage is not None
    assert "Nothing was saved." in outage.says


@pytest.mark.parametrize("error", [FULL, OSError(errno.ENOSPC, "No space left on device")])
def test_a_full_disk_is_named(error: Exception) -> None:
    outage = outage_of(error, writes=True)

    assert outage is not None
    assert outage.title == "The disk is full"


@pytest.mark.parametrize("error", [None, ZeroDivisionError(), OSError(errno.EACCES, "Permission denied")])
def test_what_is_no_outage_stays_a_fault_of_ours(error: Exception | None) -> None:
    assert outage_of(error, writes=True) is None


@pytest.mark.django_db
def test_a_page_becomes_503_with_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = _asked(monkeypatch, GONE)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "The database does not answer" in answer.text
    assert "<html" in answer.text


@pytest.mark.django_db
def test_htmx_gets_the_sentence_in_the_place_for_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = _asked(monkeypatch, LOCKED, **{"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Retarget"]) == (503, "#trouble")
    assert "<html" not in answer.text


def test_a_program_gets_the_same_as_json(rf: RequestFactory) -> None:
    try:
        raise FULL
    except OperationalError:
        answer = errors.fault(rf.get("/api/v1/plans/"))

    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/json"


def _asked(monkeypatch: pytest.MonkeyPatch, error: Exception, **headers: str) -> Any:
    def fail(user: object, **asked: object) -> None:
        raise error

    monkeypatch.setattr("planner.pages.start.heads", fail)
    return Client(raise_request_exception=False).get("/", headers=headers)
