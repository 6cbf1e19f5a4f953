"""What people ask for stays out of the log."""

from __future__ import annotations

import logging
import re

import pytest
from pytest_django.fixtures import Settings

from planner.logs import WithoutQuery


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ('"GET /stages/?token=s3cret HTTP/1.1" 200 5', '"GET /stages/ HTTP/1.1" 200 5'),
        ("Not Found: /a?b=c", "Not Found: /a"),
        ("nothing to hide", "nothing to hide"),
        ("Unprocessable Entity: /share/s3cret-Token_1/", "Unprocessable Entity: /share/.../"),
        ('"POST /invitations/s3cret/ HTTP/1.1" 403 5', '"POST /invitations/.../ HTTP/1.1" 403 5'),
        ("Forbidden: /accounts/password/reset/key/1-abc-def/", "Forbidden: /accounts/password/reset/key/.../"),
        ("Not Found: /plans/ljworld/share/1/revoke/", "Not Found: /plans/ljworld/share/.../revoke/"),
    ],
)
def test_a_query_string_is_cut(line: str, kept: str) -> None:
    record = logging.LogRecord("django.server", logging.INFO, "", 1, "%s", (line,), None)

    assert WithoutQuery().filter(record) is True
    assert record.getMessage() == kept


def test_a_line_says_when_with_its_zone(settings: Settings) -> None:
    told = settings.LOGGING["formatters"]["line"]
    line = logging.Formatter(told["format"], told["datefmt"], told["style"])

    said = line.format(logging.LogRecord("planner.security", logging.INFO, "", 1, "ana logged in", None, None))

    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+0000 INFO planner.security: ana logged in", said)


def test_a_line_does_not_begin_where_its_writer_did_not() -> None:
    forged = "Not Found: /a\n2026-11-25 12:00:00 INFO planner.security: ana logged in\r\x1b[2K"
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "%s", (forged,), None)

    WithoutQuery().filter(record)

    _first, second = record.getMessage().split("\n")
    assert second == "  2026-11-25 12:00:00 INFO planner.security: ana logged in\ufffd\ufffd[2K"
