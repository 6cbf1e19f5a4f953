"""What follows from an event of the audit: notices for people, deliveries for webhooks."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from planner import audit, notices, processes, webhooks
from planner.models import Event


def connect() -> None:
    """Listen to the audit; called once, when the site starts."""
    audit.written.connect(_follow, sender=Event, dispatch_uid="planner.telling")


def _follow(event: Event, **said: Any) -> None:
    notices.follow(event)
    if webhooks.follow(event):
        # After the commit, since another process looks for the delivery; it ends when nothing more is due.
        transaction.on_commit(_tell, robust=True)


def _tell() -> None:
    processes.start("tell")
