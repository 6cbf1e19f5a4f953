"""What was done, by whom and when: rows that are never changed, each holding the hash of the one before."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from planner.models.people import Team

PAST = {
    "propose": "proposed it", "edit": "saved a revision", "open_review": "asked for review",
    "request_changes": "requested changes", "approve": "approved", "rescind": "took an approval back",
    "waive_check": "took on a failing check", "update": "brought it up to the baseline", "accept": "accepted it",
    "break_glass": "broke the glass", "withdraw": "withdrew it", "reopen": "opened it again",
    "supersede": "superseded it", "start_thread": "began a thread", "reply": "answered",
    "edit_comment": "edited a comment", "resolve": "resolved a thread", "reopen_thread": "opened a thread again",
    "apply_suggestion": "applied a suggestion", "edit_words": "edited the title or the reasons",
    "add_evidence": "attached evidence",
}  # fmt: skip
"""Verbs of the audit as a sentence says them of a person."""


class Event(models.Model):
    """One thing that somebody did in a team. The row never changes: triggers in the database see to it."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    """From 1 within the team, without gaps."""
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    """The person's handle as it was then; `guest NAME` for somebody who came by a link."""
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=40)
    plan = models.CharField(max_length=40, blank=True)
    """Slug of the target plan, where it is about one."""
    proposal = models.PositiveBigIntegerField(null=True)
    """Id of the proposal, where it is about one."""
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    """What was done, with the digests of the rows that hold it."""
    previous = models.CharField(max_length=64)
    """Hash of the team's event before; 64 zeros for the first."""
    hash = models.CharField(max_length=64)
    """SHA-256 of everything above, in hexadecimal (`planner.audit.hash_of`)."""

    class Meta:
        ordering = ("team", "number")
        constraints = (models.UniqueConstraint(fields=("team", "number"), name="event_number_once"),)
        indexes = (
            models.Index(fields=("proposal", "number"), name="event_by_proposal"),
            models.Index(fields=("team", "-number"), name="event_newest"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.actor} {self.verb}"

    @property
    def says(self) -> str:
        """What was done, for people: `ana approved`."""
        return f"{self.actor} {PAST.get(self.verb, self.verb.replace('_', ' '))}"
