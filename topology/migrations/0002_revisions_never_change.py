"""The database itself refuses to change or delete a revision."""

from __future__ import annotations

from typing import Any

from django.db import migrations

SENTENCE = "a revision is never changed or deleted"

SQLITE = [
    f"""
    CREATE TRIGGER topology_revision_no_{event.lower()} BEFORE {event} ON topology_revision
    BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END
    """
    for event in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    f"""
    CREATE FUNCTION topology_revision_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE TRIGGER topology_revision_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON topology_revision
    FOR EACH STATEMENT EXECUTE FUNCTION topology_revision_refuse()
    """,
]
SQLITE_UNDO = [f"DROP TRIGGER topology_revision_no_{event}" for event in ("update", "delete")]
POSTGRESQL_UNDO = [
    "DROP TRIGGER topology_revision_refuse ON topology_revision",
    "DROP FUNCTION topology_revision_refuse()",
]


def protect(apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, SQLITE, POSTGRESQL)


def unprotect(apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, SQLITE_UNDO, POSTGRESQL_UNDO)


def _run(schema_editor: Any, sqlite: list[str], postgresql: list[str]) -> None:
    vendor = schema_editor.connection.vendor
    if vendor not in ("sqlite", "postgresql"):
        raise NotImplementedError(f"revisions are kept safe on SQLite and PostgreSQL only, not on {vendor}")
    for statement in sqlite if vendor == "sqlite" else postgresql:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("topology", "0001_plans_and_revisions")]
    operations = [migrations.RunPython(protect, unprotect)]
