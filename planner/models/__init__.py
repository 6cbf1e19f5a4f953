"""What the site itself keeps: people and teams, proposals and what is said of them, the audit, and work in progress."""

from __future__ import annotations

from planner.models.audit import Event
from planner.models.doors import ApiToken, IdempotencyKey, ShareLink
from planner.models.kept import KEPT_FOR, LOST_AFTER, Checking, Inquiry, Reading
from planner.models.notices import REASONS, Autosave, Delivery, Notice, Presence, Webhook
from planner.models.people import ROLES, Holding, Invitation, Membership, Role, Team
from planner.models.proposals import Approval, CheckWaiver, Evidence, Proposal, ReviewRule, State, Visit
from planner.models.threads import Comment, CommentVersion, Suggestion, Thread

__all__ = [
    "KEPT_FOR", "LOST_AFTER", "REASONS", "ROLES", "ApiToken", "Approval", "Autosave", "CheckWaiver", "Checking",
    "Comment", "CommentVersion", "Delivery", "Event", "Evidence", "Holding", "IdempotencyKey", "Inquiry",
    "Invitation", "Membership", "Notice", "Presence", "Proposal", "Reading", "ReviewRule", "Role", "ShareLink", "State",
    "Suggestion", "Team", "Thread", "Visit", "Webhook",
]  # fmt: skip
