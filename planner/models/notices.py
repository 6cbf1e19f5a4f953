"""Who is told what, and who is here: notices, webhooks with their deliveries, presence, drafts kept by themselves."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from planner.models.audit import Event
from planner.models.people import Team
from planner.models.proposals import Proposal
from topology.models import Plan

REASONS = {
    "mention": "you were named",
    "review": "your approval is asked for",
    "stale": "what you approved has changed",
    "reply": "somebody answered",
    "author": "it is about your proposal",
    "decided": "you took part",
}
"""Why a person gets a notice, the strongest first: of several reasons one is named."""


class Notice(models.Model):
    """Something that a person is to know of."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, null=True, related_name="+")
    reason = models.CharField(max_length=20)
    """Why this person: `review`, `mention`, `reply`, `author`, `stale`, `decided`."""
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("user", "event"), name="notice_once"),)
        indexes = (models.Index(fields=("user", "seen_at"), name="notice_unseen"),)

    def __str__(self) -> str:
        return f"{self.reason} for {self.user_id}"

    @property
    def says(self) -> str:
        """What happened, and why the person is told, in a sentence."""
        return f"{self.event.says}: {REASONS.get(self.reason, self.reason)}."


class Webhook(models.Model):
    """An address of a team's own that is told of events. Its secret is made from the site's key, and kept nowhere."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="webhooks")
    url = models.URLField(max_length=300)
    salt = models.CharField(max_length=32)
    """Goes into the secret; a new one makes the old secret void."""
    verbs: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    """Verbs of the audit that it is told of; empty for all."""
    created_at = models.DateTimeField(default=timezone.now)
    off_since = models.DateTimeField(null=True, blank=True)
    """When it was switched off, by a person or after too many failures."""

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One event on its way to one webhook."""

    class State(models.TextChoices):
        """Where a delivery stands."""

        WAITING = "waiting", "waiting"
        DONE = "done", "delivered"
        FAILED = "failed", "given up"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    says = models.CharField(max_length=300, blank=True)
    """What the last try brought."""

    class Meta:
        ordering = ("-pk",)
        constraints = (models.UniqueConstraint(fields=("webhook", "event"), name="delivery_once"),)
        indexes = (models.Index(fields=("state", "next_at"), name="delivery_due"),)

    def __str__(self) -> str:
        return f"{self.event_id} to {self.webhook_id}"


class Presence(models.Model):
    """Somebody who has a plan or a proposal open."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="presences")
    doing = models.CharField(max_length=40)
    """`editing`, `reviewing` or `looking`."""
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "plan"), name="presence_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.doing} {self.plan_id}"


class Autosave(models.Model):
    """What somebody was changing in the editor and has not saved."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="autosaves")
    parent = models.CharField(max_length=64)
    """Digest of the revision that it began from."""
    draft: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "plan"), name="autosave_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} on {self.plan_id}"
