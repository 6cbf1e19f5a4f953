"""Where designs are kept: plans, and their revisions, which are never changed; and sweeps with their shards."""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.db import models
from django.utils import timezone

from topology.fields import check_slug, check_text


def slug(text: str) -> None:
    """The field form of the domain's rule for names."""
    _checked(check_slug, text)


def printable(text: str) -> None:
    """The field form of the domain's rule for free text."""
    _checked(check_text, text)


def _checked(check: Any, text: str) -> None:
    try:
        check(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class Plan(models.Model):
    """A plan: a name and a line of revisions, of which the last is the head."""

    slug = models.CharField(max_length=40, unique=True, validators=[slug])
    name = models.CharField(max_length=80, validators=[MinLengthValidator(1), printable])
    created_at = models.DateTimeField(auto_now_add=True)
    head = models.PositiveIntegerField(default=0)
    """Number of the newest revision; 0 before the first. Only `revisions.record` moves it."""
    removed_at = models.DateTimeField(null=True, blank=True)
    """When a person took the plan off the lists; its revisions stay."""

    class Meta:
        ordering = ("name", "slug")

    def __str__(self) -> str:
        return self.name


class Revision(models.Model):
    """A design as it was saved. The row never changes: triggers in the database see to it."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    """From 1, without gaps."""
    parent = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="child")
    """The revision that this one was made from; the first has none. No two are made from one."""
    document = models.TextField()
    """The design's canonical JSON."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the document, in hexadecimal."""
    servers = models.PositiveIntegerField()
    """Number of servers, for lists."""
    message = models.CharField(max_length=300, validators=[printable])
    """What the person says about the change."""
    author = models.CharField(max_length=80, default="local")
    """Handle of who saved it; `local` where nobody has a name."""
    co_author = models.CharField(max_length=80, blank=True)
    """Handle of who suggested the change, where another saved it."""
    created_at = models.DateTimeField(default=timezone.now)
    seal = models.CharField(max_length=64)
    """SHA-256 over the row and its parent's seal (`topology.revisions.seal_of`): no row can change unseen."""

    class Meta:
        ordering = ("plan", "number")
        constraints = (
            models.UniqueConstraint(fields=("plan", "number"), name="revision_number_once"),
            models.CheckConstraint(
                condition=models.Q(number=1, parent=None) | models.Q(number__gt=1, parent__isnull=False),
                name="revision_parent_from_2",
            ),
        )

    def __str__(self) -> str:
        return f"{self.plan.slug} {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row; a row that is there already is not changed."""
        if not self._state.adding:
            _refuse()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: history stays."""
        _refuse()


def _refuse() -> NoReturn:
    raise TypeError("a revision is never changed; record a new one")


class Sweep(models.Model):
    """A question too large for a request, cut into shards that workers answer one by one."""

    class State(models.TextChoices):
        """Where a sweep stands."""

        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    label = models.CharField(max_length=120, blank=True, validators=[printable])
    """What a person calls it."""
    question = models.TextField()
    """Canonical JSON of everything that the answer depends on, the seed among it."""
    digest = models.CharField(max_length=64, db_index=True)
    """SHA-256 of the question, in hexadecimal."""
    seed = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.RUNNING)
    why = models.CharField(max_length=1000, blank=True)
    """Why it failed, as a sentence."""
    answer = models.TextField(blank=True)
    """Canonical JSON; empty until it is done."""
    answer_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.label or str(self.pk)


class Shard(models.Model):
    """A piece of a sweep: a range of rows and a range of columns of its table."""

    class State(models.TextChoices):
        """Where a shard stands."""

        WAITING = "waiting", "waiting for a worker"
        RUNNING = "running", "being worked on"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="shards")
    number = models.PositiveIntegerField()
    """From 0."""
    rows_from = models.PositiveIntegerField()
    rows_to = models.PositiveIntegerField()
    """The first that is not of it."""
    columns_from = models.PositiveIntegerField()
    columns_to = models.PositiveIntegerField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    share_done = models.FloatField(default=0)
    """How far its worker is, 0 to 1."""
    holder = models.UUIDField(null=True, blank=True)
    """The run that works on it; each has a name of its own, which only it knows."""
    seen_at = models.DateTimeField(null=True, blank=True)
    """When it was queued, or its worker last gave a sign of life; by the clock of the database."""
    starts = models.PositiveIntegerField(default=0)
    """How often it was begun."""
    task = models.CharField(max_length=64, blank=True)
    """The task that was queued for it last."""

    class Meta:
        ordering = ("sweep", "number")
        constraints = (models.UniqueConstraint(fields=("sweep", "number"), name="shard_number_once"),)

    def __str__(self) -> str:
        return f"{self.sweep_id} {self.number}"


class ShardAnswer(models.Model):
    """What came out of a shard; there is one however often the shard was worked on."""

    shard = models.OneToOneField(Shard, on_delete=models.CASCADE, primary_key=True, related_name="answer")
    content = models.BinaryField()
    """The text, packed by zlib."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the text, in hexadecimal."""

    def __str__(self) -> str:
        return f"answer of {self.shard_id}"
