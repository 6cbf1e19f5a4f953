"""A proposed topology and what a team says yes to: proposals, rules of review, approvals, waivers, evidence."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.utils import timezone

from planner.models.people import Role, Team
from topology.models import Plan, Revision, printable


class State(models.TextChoices):
    """Where a proposal stands."""

    DRAFT = "draft", "draft"
    IN_REVIEW = "in_review", "in review"
    CHANGES_REQUESTED = "changes_requested", "changes requested"
    APPROVED = "approved", "approved"
    ACCEPTED = "accepted", "accepted"
    WITHDRAWN = "withdrawn", "withdrawn"
    SUPERSEDED = "superseded", "superseded"

    @property
    def is_open(self) -> bool:
        """Whether something may still come of it."""
        return self not in (State.ACCEPTED, State.WITHDRAWN, State.SUPERSEDED)


class Proposal(models.Model):
    """A proposed next design of a plan. Its revisions are those of its draft, a plan of its own cut from the target."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="proposals")
    """The target: what changes when it is accepted."""
    draft = models.OneToOneField(Plan, on_delete=models.PROTECT, related_name="proposal")
    """The plan that holds its revisions; on no list."""
    base = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    """Revision of the target that it was cut from, or last brought up to."""
    number = models.PositiveIntegerField()
    """From 1 within the target."""
    title = models.CharField(max_length=120, validators=[MinLengthValidator(1), printable])
    why = models.TextField(max_length=20_000, blank=True)
    """Its reasons, Markdown."""
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals")
    state = models.CharField(max_length=17, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    """When something was last done to it."""
    decide_by = models.DateField(null=True, blank=True)
    """The day that its author asks for; the forecast has one of its own."""
    accepted = models.OneToOneField(Revision, on_delete=models.PROTECT, null=True, related_name="accepted_from")
    """The target's revision that it became."""
    summary: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    """What lists show, as of the last thing that was done to it (`planner.review.settling`): `sentence`, `missing`
    (sentences), `unmet` (areas that still need a yes), `stale` (ids of approvals that no longer count)."""
    broke_glass = models.TextField(blank=True)
    """Why it was accepted without what the rules ask; empty where they were kept."""

    class Meta:
        ordering = ("-updated_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("plan", "number"), name="proposal_number_once"),)
        indexes = (models.Index(fields=("state", "-updated_at"), name="proposal_by_state"),)

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        """Whether something may still come of it."""
        return State(self.state).is_open


class ReviewRule(models.Model):
    """Whose yes a change needs. A team without rules asks for one approver on every area that changes."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="review_rules")
    area = models.CharField(max_length=60)
    """`tier:NAME`, `role:NAME`, `plan`, or `*` for every area that changes."""
    number = models.PositiveSmallIntegerField(default=1)
    """So many different people."""
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    """One of these; anybody of the role where nobody is named."""
    least_role = models.CharField(max_length=9, choices=Role, default=Role.APPROVER)
    cost_above = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    """Only where the change adds more than this a month, in the plan's currency."""

    class Meta:
        ordering = ("area", "pk")

    def __str__(self) -> str:
        return f"{self.number} for {self.area}"


class Approval(models.Model):
    """A yes to some areas of one revision, bound to what was seen. Taken back, it stays as a row."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="approvals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    """Revision of the draft that was seen."""
    seals: models.JSONField[dict[str, dict[str, str]], dict[str, dict[str, str]]] = models.JSONField()
    """Area -> its seal (`topology.areas.Seal`)."""
    content_digest = models.CharField(max_length=64)
    """Of the bundle that was seen."""
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    rescinded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.user_id} on {', '.join(sorted(self.seals))}"


class CheckWaiver(models.Model):
    """A failing check that somebody takes on, by name and with a reason, for the evidence that was seen."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="waivers")
    check_name = models.CharField(max_length=60)
    evidence = models.CharField(max_length=64)
    """Digest of what the check said when it was taken on: another failure is not covered."""
    reason = models.CharField(max_length=300, validators=[MinLengthValidator(1), printable])
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.check_name} by {self.user_id}"


class Evidence(models.Model):
    """What somebody measured about the files of a proposal, such as the report of a rehearsal."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=20, default="rehearsal")
    content_digest = models.CharField(max_length=64)
    """Of the bundle that was measured: for other files it says nothing."""
    report: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.kind} of {self.content_digest[:12]}"


class Visit(models.Model):
    """What a person saw last of a proposal, for `changes since you last looked`."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="visits")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    """Number of the draft's revision."""
    event = models.PositiveIntegerField(default=0)
    """Number of the team's last event then."""
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("proposal", "user"), name="visit_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} saw revision {self.revision}"
