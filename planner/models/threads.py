"""What is said of a proposal: threads on a place of it, comments with every version, suggested changes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from planner.models.proposals import Proposal
from topology.models import Revision

MOST_TEXT = 20_000
"""Characters of a comment."""


class Thread(models.Model):
    """A talk about one place of a proposal."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="threads")
    anchor = models.CharField(max_length=300, blank=True)
    """The place, as `setting:web/gunicorn.workers` or `file:web1/etc/nginx/nginx.conf#12`; empty for the whole."""
    quote = models.TextField(blank=True)
    """What stood there when the talk began."""
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    """Revision of the draft that the talk began on."""
    blocking = models.BooleanField(default=False)
    """Whether it keeps the proposal from being accepted while it is open."""
    created_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return self.anchor or "the proposal"


class Comment(models.Model):
    """One thing that somebody said; every version of it is kept."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """None for a guest who came by a share link."""
    guest = models.CharField(max_length=80, blank=True)
    """The name that a guest gave."""
    text = models.TextField(max_length=MOST_TEXT)
    """Markdown, as it stands now."""
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return self.text[:60]


class CommentVersion(models.Model):
    """What a comment said before it was edited."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="versions")
    text = models.TextField(max_length=MOST_TEXT)
    until = models.DateTimeField(default=timezone.now)
    """When it was replaced."""

    class Meta:
        ordering = ("until", "pk")

    def __str__(self) -> str:
        return self.text[:60]


class Suggestion(models.Model):
    """A change that a comment offers, to be applied by one click."""

    comment = models.OneToOneField(Comment, on_delete=models.PROTECT, related_name="suggestion")
    edits: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField()
    """`topology.merging.Edit`s as data."""
    against = models.CharField(max_length=64)
    """Digest of the design that it was written for."""
    applied = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, related_name="+")
    """The revision that it became."""

    def __str__(self) -> str:
        return f"{len(self.edits)} edits"
