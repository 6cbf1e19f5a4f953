"""Work that goes on beside the pages: readings of logs, checkings of bundles, long questions."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

LOST_AFTER = timedelta(seconds=30)
"""A reader says twice a second that it lives; after so long without a word it does not."""
KEPT_FOR = timedelta(days=30)


class Reading(models.Model):
    """The reading of one or more logs: figures, and paths worth caching with their ids folded; nothing of anybody."""

    class State(models.TextChoices):
        """Where a reading stands."""

        WAITING = "waiting", "waiting for a reader"
        READING = "reading", "being read"
        DONE = "done", "read"
        REFUSED = "refused", "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    """Not to be guessed."""
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    """Whose it is: nobody else sees the figures. None from before there were accounts, and in the local mode."""
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    names: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    """Names of the logs, as the browser gave them."""
    month = models.CharField(max_length=7, blank=True)
    """YYYY-MM, for logs that number days only."""
    bytes_total = models.PositiveBigIntegerField()
    """Size of the logs as stored."""
    bytes_read = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(default=timezone.now)
    """When the reader last gave a sign of life."""
    answer: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True)
    """Once done: the JSON of `manage.py intake`."""
    refusal = models.TextField(blank=True)
    """Once refused: a sentence for people."""
    refusal_status = models.PositiveSmallIntegerField(default=422)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return ", ".join(self.names)

    @property
    def is_running(self) -> bool:
        """Whether an answer is still to come."""
        return self.state in (self.State.WAITING, self.State.READING) and not self.is_lost

    @property
    def is_lost(self) -> bool:
        """Whether its reader is gone without an answer."""
        unanswered = self.state in (self.State.WAITING, self.State.READING)
        return unanswered and timezone.now() - self.seen_at > LOST_AFTER


class Checking(models.Model):
    """What the real programs say about the files of one bundle: the same files are asked about once."""

    class State(models.TextChoices):
        """Where a checking stands."""

        RUNNING = "running", "being checked"
        DONE = "done", "checked"
        FAILED = "failed", "failed"

    content_digest = models.CharField(max_length=64, unique=True)
    """Digest of the files, whichever plan they are of."""
    revision = models.ForeignKey("topology.Revision", on_delete=models.CASCADE)
    """A revision whose bundle holds these files."""
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    """When the checker last gave a sign of life."""
    report: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True)
    """Once done: the data of reports/validation.json."""

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return self.content_digest[:12]

    @property
    def is_running(self) -> bool:
        """Whether an answer is still to come."""
        return self.state == self.State.RUNNING and timezone.now() - self.seen_at <= LOST_AFTER


class Inquiry(models.Model):
    """A question about a revision that takes longer than a page may: the same question is worked on once."""

    class Kind(models.TextChoices):
        """What is asked."""

        CHEAPEST = "cheapest", "the cheapest topology"
        WORLDS = "worlds", "candidates over many worlds"
        SIMULATION = "simulation", "a simulation"
        EPISODE = "episode", "a while replayed"

    class State(models.TextChoices):
        """Where an inquiry stands."""

        RUNNING = "running", "being worked on"
        DONE = "done", "answered"
        REFUSED = "refused", "refused"
        STOPPED = "stopped", "stopped"
        FAILED = "failed", "failed"

    digest = models.CharField(max_length=64, unique=True)
    """Of the design, the question and the engine: everything that the answer depends on."""
    kind = models.CharField(max_length=10, choices=Kind)
    revision = models.ForeignKey("topology.Revision", on_delete=models.CASCADE)
    """A revision with this design."""
    asked: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    says = models.CharField(max_length=200, blank=True)
    """What is being done."""
    share = models.FloatField(null=True)
    """Share of the work that is done, 0 to 1, where that can be told."""
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    """When the process that works on it last gave a sign of life."""
    sweep = models.ForeignKey("topology.Sweep", on_delete=models.SET_NULL, null=True)
    """The sweep that answers it, where one does."""
    answer: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True)
    refusal = models.TextField(blank=True)
    """Once refused: a sentence for people."""

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:12]}"

    @property
    def is_running(self) -> bool:
        """Whether an answer is still to come."""
        return self.state == self.State.RUNNING and timezone.now() - self.seen_at <= LOST_AFTER
