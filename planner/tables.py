"""A page's table as a file: CSV that no spreadsheet runs, or JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse

from topology.errors import Place, TierwrightError

FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A text that begins with one of these is run as a formula by some spreadsheets."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def answer(
    request: HttpRequest, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponse | None:
    """The table as the file that `?format=csv` or `?format=json` asks for; None where the page itself is asked for.

    `rows` are looked at only where a file is wanted. `name` is that of the file, without its ending.
    """
    wanted = request.GET.get("format")
    if wanted is None:
        return None
    if wanted not in FORMATS:
        raise TierwrightError("a table comes as csv or json; no other form is known", place=Place(path="format"))
    write = _csv if wanted == "csv" else _json
    response = HttpResponse(write(columns, rows), content_type=FORMATS[wanted])
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "table"
    response["Content-Disposition"] = f'attachment; filename="{safe}.{wanted}"'
    return response


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(map(cell, columns))
    writer.writerows([cell(value) for value in row] for row in rows)
    return buffer.getvalue()


def cell(value: Any) -> str:
    """What stands in a cell: a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    plain = _plain(value)
    text = "" if plain is None else plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
    if isinstance(value, int | float | Decimal) or _NUMBER.fullmatch(text):
        return text  # -5 is a number, and no formula
    return f"'{text}" if text.startswith(RISKY) else text


def _json(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    items = [dict(zip(columns, map(_plain, row), strict=True)) for row in rows]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    """The value as JSON knows it; times are in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
