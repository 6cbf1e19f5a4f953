"""Every revision gets a seal over itself and the seal before it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from importlib import import_module
from typing import Any

import django.utils.timezone
from django.db import migrations, models

protection = import_module("topology.migrations.0002_revisions_never_change")


def seal(apps: Any, schema_editor: Any) -> None:
    revisions = apps.get_model("topology", "Revision").objects.using(schema_editor.connection.alias)
    seals: dict[int, str] = {}
    for row in revisions.order_by("plan", "number"):
        said = {
            "plan": row.plan_id,
            "number": row.number,
            "digest": row.digest,
            "servers": row.servers,
            "message": row.message,
            "author": row.author,
            "co_author": "",
            "created_at": row.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "parent": seals.get(row.parent_id, ""),
        }
        seals[row.pk] = hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        revisions.filter(pk=row.pk).update(seal=seals[row.pk])


def nothing(apps: Any, schema_editor: Any) -> None:
    """Going back drops the column."""


class Migration(migrations.Migration):
    dependencies = [("topology", "0003_sweeps")]
    operations = [
        migrations.RunPython(protection.unprotect, protection.protect),
        migrations.AddField("revision", "co_author", models.CharField(blank=True, default="", max_length=80), False),
        migrations.AddField("revision", "seal", models.CharField(default="", max_length=64), False),
        migrations.AlterField("revision", "created_at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.RunPython(seal, nothing),
        migrations.RunPython(protection.protect, protection.unprotect),
    ]
