"""Where designs are kept: plans, and their revisions, which are never changed."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.db import models

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
    """Who saved it: `local` until there are accounts."""
    created_at = models.DateTimeField(auto_now_add=True)

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
