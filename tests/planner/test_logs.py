"""What people ask for stays out of the log."""

from __future__ import annotations

import logging

import pytest

from planner.logs import WithoutQuery


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ('"GET /stages/?token=s3cret HTTP/1.1" 200 5', '"GET /stages/ HTTP/1.1" 200 5'),
        ("Not Found: /a?b=c", "Not Found: /a"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_a_query_string_is_cut(line: str, kept: str) -> None:
    record = logging.LogRecord("django.server", logging.INFO, "", 1, "%s", (line,), None)

    assert WithoutQuery().filter(record) is True
    assert record.getMessage() == kept
