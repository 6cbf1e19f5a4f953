"""The verbs of a review: each `(user, proposal, ...)`, in one transaction, refused by its rule, told to the audit."""

from __future__ import annotations

from planner.review.accepting import accept, break_glass, update
from planner.review.approving import add_evidence, approve, rescind, waive_check
from planner.review.proposing import edit_words, open_review, propose, reopen, request_changes, supersede, withdraw

__all__ = [
    "accept", "add_evidence", "approve", "break_glass", "edit_words", "open_review", "propose", "reopen",
    "request_changes", "rescind", "supersede", "update", "waive_check", "withdraw",
]  # fmt: skip
