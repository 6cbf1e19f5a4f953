"""The protection of rows that never change taken away for a while, as somebody with the database in hand could."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

TABLES = ("planner_event", "topology_revision")


@contextmanager
def lifted() -> Iterator[Any]:
    """A cursor for which no trigger and no check of values counts; both are back afterwards."""
    with connection.cursor() as cursor:
        back = _lift(cursor)
        try:
            yield cursor
        finally:
            for statement in back:
                cursor.execute(statement)


def _lift(cursor: Any) -> list[str]:
    """Take the protection away; the statements that bring it back."""
    if connection.vendor == "postgresql":
        cursor.execute("SET session_replication_role = replica")  # in which no trigger is asked
        return ["SET session_replication_role = origin"]
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s)", TABLES)
    triggers = cursor.fetchall()
    cursor.execute("PRAGMA ignore_check_constraints = ON")
    for name, _ in triggers:
        cursor.execute(f"DROP TRIGGER {name}")
    return ["PRAGMA ignore_check_constraints = OFF", *(statement for _, statement in triggers)]
