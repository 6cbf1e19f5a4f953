"""What a drill reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One fault, what was done, and what came of it."""

    fault: str
    did: str
    found: str
    passed: bool
