"""Other ways in: tokens of the API, keys that make a request happen once, links to share."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from planner.models.proposals import Proposal
from topology.models import Plan, Revision


class ApiToken(models.Model):
    """A person's key to the API, known to its owner alone: the database has its hash."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    start = models.CharField(max_length=12)
    """Its first characters, to tell it from others."""
    token_hash = models.CharField(max_length=64, unique=True)
    """SHA-256 of the token."""
    scopes: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    """`read`, `write`, `comment`, `approve`."""
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """A request that is answered the same however often it is sent."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    """SHA-256 of method, path and body: the same key with another request is refused."""
    status = models.PositiveSmallIntegerField(default=0)
    """0 while it is being worked on."""
    answer: models.JSONField[Any, Any] = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="idempotency_key_once"),)

    def __str__(self) -> str:
        return self.key


class ShareLink(models.Model):
    """A link for somebody without an account: one revision, to read or to comment on, for a while."""

    class Kind(models.TextChoices):
        """What it lets people do."""

        READ = "read", "read"
        COMMENT = "comment", "read and comment"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="share_links")
    """The plan, or the draft of a proposal."""
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, null=True, related_name="share_links")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.READ)
    token_hash = models.CharField(max_length=64, unique=True)
    """SHA-256 of the token in the link."""
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.kind} of revision {self.revision_id}"
