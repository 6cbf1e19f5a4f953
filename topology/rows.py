"""Reads rows that somebody may have changed behind our back: one that cannot be read is told, and the rest goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from django.db import DatabaseError, connection
from django.db.models import DateTimeField, JSONField, Model, QuerySet, TextField
from django.db.models.functions import Cast

Row = TypeVar("Row", bound=Model)
CHUNK = 500
LOST = "what it belongs to is not there"
RAW = "written_"
"""Before the name of a field: its text as the database holds it."""
WRONG_VALUE = (ValueError, TypeError, AttributeError, KeyError, DatabaseError)
"""What reading or using a value of the wrong form raises."""


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A row that holds something which is no value of its field."""

    pk: int
    says: str


def read_rows(rows: QuerySet[Row]) -> Iterator[Row | Unreadable]:
    """Every row, in order, a few hundred at a time; with the texts that `as_written` looks at."""
    keys = iter(list(rows.values_list("pk", flat=True)))
    found = rows.annotate(**_raw(rows.model))
    while chunk := list(islice(keys, CHUNK)):
        try:
            read: Mapping[int, Row | Unreadable] = {row.pk: row for row in found.filter(pk__in=chunk)}
        except WRONG_VALUE:
            read = {pk: _read_one(found, pk) for pk in chunk}
        # A row that is tied to one that is not there any more drops out of a join, and is told all the same.
        yield from (read.get(pk) or Unreadable(pk=pk, says=LOST) for pk in chunk)


def as_written(row: Model) -> bool:
    """Whether what the database holds is what we write for this value: the same value may be spelled otherwise."""
    pairs = ((field, getattr(row, RAW + field, None)) for field in _spelled(type(row)))
    return all(raw is None or raw == _spelling(getattr(row, field)) for field, raw in pairs)


def _read_one(rows: QuerySet[Row], pk: int) -> Row | Unreadable:
    try:
        return rows.filter(pk=pk).first() or Unreadable(pk=pk, says=LOST)
    except WRONG_VALUE as error:
        return Unreadable(pk=pk, says=f"cannot be read: {error}")


def _raw(model: type[Model]) -> dict[str, Any]:
    # PostgreSQL keeps values, not spellings; what it takes in, it gives out in one form.
    if connection.vendor != "sqlite":
        return {}
    return {RAW + name: Cast(name, TextField()) for name in _spelled(model)}


def _spelled(model: type[Model]) -> tuple[str, ...]:
    """Fields of which one value has several spellings."""
    return tuple(field.name for field in model._meta.concrete_fields if isinstance(field, DateTimeField | JSONField))


def _spelling(value: Any) -> str | None:
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return None if value is None else json.dumps(value)
