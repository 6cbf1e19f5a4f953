"""The database itself refuses to change or delete an event of the audit."""

from __future__ import annotations

from typing import Any

from django.db import migrations

SENTENCE = "an event of the audit is never changed or deleted"

SQLITE = [
    f"""
    CREATE TRIGGER planner_event_no_{event.lower()} BEFORE {event} ON planner_event
    BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END
    """
    for event in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    f"""
    CREATE FUNCTION planner_event_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE TRIGGER planner_event_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON planner_event
    FOR EACH STATEMENT EXECUTE FUNCTION planner_event_refuse()
    """,
]
SQLITE_UNDO = [f"DROP TRIGGER planner_event_no_{event}" for event in ("update", "delete")]
POSTGRESQL_UNDO = ["DROP TRIGGER planner_event_refuse ON planner_event", "DROP FUNCTION planner_event_refuse()"]


def protect(apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, SQLITE, POSTGRESQL)


def unprotect(apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, SQLITE_UNDO, POSTGRESQL_UNDO)


def _run(schema_editor: Any, sqlite: list[str], postgresql: list[str]) -> None:
    for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("planner", "0005_team_review")]
    operations = [migrations.RunPython(protect, unprotect)]
