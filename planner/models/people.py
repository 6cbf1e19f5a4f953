"""Who works together: teams, their members and what each may do, invitations, and the plans a team holds."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models

from topology.models import Plan, printable, slug


class Role(models.TextChoices):
    """What a member may do; each role may do what those before it may."""

    VIEWER = "viewer", "viewer"
    COMMENTER = "commenter", "commenter"
    EDITOR = "editor", "editor"
    APPROVER = "approver", "approver"
    OWNER = "owner", "owner"

    @property
    def rank(self) -> int:
        """Its place in the order, from 0."""
        return ROLES.index(self)

    def reaches(self, least: Role) -> bool:
        """Whether it may do what `least` may."""
        return self.rank >= least.rank


ROLES: tuple[Role, ...] = tuple(Role)


class Team(models.Model):
    """People who decide on plans together."""

    slug = models.CharField(max_length=40, unique=True, validators=[slug])
    name = models.CharField(max_length=80, validators=[MinLengthValidator(1), printable])
    created_at = models.DateTimeField(auto_now_add=True)
    only_proposals = models.BooleanField(default=False)
    """Whether a plan changes by an accepted proposal alone, never by a save."""
    lead_days = models.PositiveSmallIntegerField(default=14)
    """Days from a decision to servers that carry load; a decide-by date is so much before a limit."""
    budget_month = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    """What a plan of the team may cost a month, in its own currency; none where nobody said."""

    class Meta:
        ordering = ("name", "slug")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's place in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=9, choices=Role)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("team", "user")
        constraints = (models.UniqueConstraint(fields=("team", "user"), name="member_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}: {self.role}"


class Invitation(models.Model):
    """A place in a team that waits for somebody; its link is known to whoever got the mail, never to the database."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=9, choices=Role)
    token_hash = models.CharField(max_length=64, unique=True)
    """SHA-256 of the token in the link."""
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.email} to {self.team_id}"


class Holding(models.Model):
    """Whose a plan is."""

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="holding")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="holdings")

    def __str__(self) -> str:
        return f"{self.plan_id} of {self.team_id}"
