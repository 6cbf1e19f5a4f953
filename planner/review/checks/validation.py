"""What the real programs say of every file: nginx, HAProxy, PostgreSQL and the others read what they would be given."""

from __future__ import annotations

from planner.checking import report_of
from planner.models import Checking
from planner.review.checks.base import Check, Said, Subject, fails, joined, passes, unknown
from topology.bundles import ValidationReport

SHOWN = 3


class Validation(Check):
    """The programs' own word."""

    title = "The programs accept their files"
    place = 5

    def look(self, subject: Subject) -> Said:
        """The report of these very files; running while the programs are being asked."""
        digest = subject.bundle.content_digest
        checking = Checking.objects.filter(content_digest=digest).first()
        if checking is None:
            return unknown("The programs were not asked yet: ask them on the page of the bundle.")
        if checking.is_running:
            return Said(outcome="running", says=f"Of {checking.total} files {checking.done} were looked at.")
        report = report_of(checking)
        return unknown("The checking ended without an answer: ask again.") if report is None else _told(report)


def _told(report: ValidationReport) -> Said:
    if report.refused:
        says = [f"{answer.host} /{answer.path} is refused" for answer in report.refused[:SHOWN]]
        more = len(report.refused) - SHOWN
        return fails(joined(says) + (f" And {more} more." if more > 0 else ""))
    asked = len(report.answers) - len(report.unvalidated)
    if report.unvalidated:
        rest = len(report.unvalidated)
        return unknown(f"{asked} of {len(report.answers)} files are accepted; {rest} were looked at by no program.")
    return passes(f"All {asked} files are accepted.")


validation = Validation()
