"""Errors that the checks find across the files, which nobody has taken on in the plan. Mend them in the editor."""

from __future__ import annotations

from planner.review.checks.base import Check, Said, Subject, fails, joined, passes

SHOWN = 3


class Findings(Check):
    """Errors across the files."""

    title = "No error across the files"
    place = 1

    def look(self, subject: Subject) -> Said:
        """The errors of the design's own checks."""
        found = subject.stood.findings
        stopping = [finding for finding in found if finding.stops]
        waived = sum(finding.state == "waived" for finding in found)
        if not stopping:
            taken = f"; {waived} taken on in the plan" if waived else ""
            return passes(f"No error in {len(subject.bundle.files)} files{taken}.")
        says = [f"{finding.where}: {finding.says}" for finding in stopping[:SHOWN]]
        more = len(stopping) - SHOWN
        return fails(joined(says) + (f" And {more} more." if more > 0 else ""))


findings = Findings()
