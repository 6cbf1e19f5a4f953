"""Tables as files: cells that a spreadsheet would run are made harmless, and JSON keeps its kinds."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from planner import tables
from topology.errors import TierwrightError

FACTORY = RequestFactory()


def test_the_page_itself_is_no_file_and_no_row_is_looked_at() -> None:
    rows = (pytest.fail("a row was asked for") for _ in range(1))

    assert tables.answer(FACTORY.get("/"), "audit", ["who"], rows) is None


def test_a_csv_is_utf_8_with_a_name_and_a_line_of_columns() -> None:
    answer = tables.answer(
        FACTORY.get("/?format=csv"), 'au"dit of\n paper', ["when", "who"], [[datetime(2026, 1, 2, tzinfo=UTC), "Zoë"]]
    )

    assert answer is not None
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="au-dit-of-paper.csv"'
    assert answer.content.decode() == "when,who\r\n2026-01-02T00:00:00+00:00,Zoë\r\n"


def test_json_keeps_numbers_dates_and_what_is_missing() -> None:
    row = [7, None, {"a": [1]}, date(2026, 1, 2), Decimal("1.50"), "=1+1"]
    answer = tables.answer(FACTORY.get("/?format=json"), "t", ["n", "x", "d", "on", "cost", "text"], [row])

    assert answer is not None
    assert json.loads(answer.content) == [
        {"n": 7, "x": None, "d": {"a": [1]}, "on": "2026-01-02", "cost": "1.50", "text": "=1+1"}
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("+cmd", "'+cmd"), ("-x", "'-x"), ("@SUM(1)", "'@SUM(1)"),
        ("\tx", "'\tx"), ("-5", "-5"), (-5, "-5"), ("+1.5", "+1.5"), ("plain", "plain"), (None, ""), (True, "true"),
        ({"a": "ü"}, '{"a": "ü"}'),
    ],
)  # fmt: skip
def test_a_cell_never_begins_a_formula(value: object, text: str) -> None:
    assert tables.cell(value) == text


@given(st.text())
def test_whatever_people_write_comes_back_as_one_cell_that_is_no_formula(text: str) -> None:
    answer = tables.answer(FACTORY.get("/?format=csv"), "t", ["said"], [[text, "end"]])

    assert answer is not None
    [_, [found, end]] = list(csv.reader(io.StringIO(answer.content.decode(), newline="")))
    assert end == "end"
    assert found in (text, f"'{text}")
    assert found == text or text.startswith(tables.RISKY)


def test_another_form_is_refused_in_a_sentence() -> None:
    with pytest.raises(TierwrightError, match="csv or json"):
        tables.answer(FACTORY.get("/?format=xlsx"), "t", ["a"], [])
