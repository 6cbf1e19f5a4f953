"""What is looked at before a proposal may be accepted: each check a row with what it says and the evidence for it."""

from __future__ import annotations

import sys
from functools import lru_cache

from planner.review.checks.base import Check, Outcome, Said, Subject
from topology.registry import discover

__all__ = ["Check", "Outcome", "Said", "Subject", "checks"]


@lru_cache(maxsize=1)
def checks() -> tuple[Check, ...]:
    """Every check, in the order in which people read them."""
    return tuple(sorted(discover(sys.modules[__name__], Check), key=lambda check: (check.place, check.name)))
