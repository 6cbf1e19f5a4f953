"""A rehearsal of these very files: the cluster started on one machine, driven and broken on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from planner.models import Evidence
from planner.review.checks.base import Check, Said, Subject, fails, passes, unknown

KIND = "rehearsal"
SHOWN = 3


class Rehearsal(Check):
    """Whether it was tried."""

    title = "Was rehearsed"
    place = 6

    def look(self, subject: Subject) -> Said:
        """The newest report of these files; one of other files says nothing of them."""
        rows = list(Evidence.objects.filter(proposal=subject.proposal, kind=KIND).order_by("-created_at", "-pk"))
        digest = subject.bundle.content_digest
        found = next((row for row in rows if row.content_digest == digest), None)
        if found is not None:
            return _told(found)
        if rows:
            days = (subject.today - rows[0].created_at.date()).days
            when = "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"
            return unknown(f"The last rehearsal, {when}, was of other files.")
        return unknown("Nobody has rehearsed these files: manage.py rehearse does.")


def _told(row: Evidence) -> Said:
    passed, says = row.report.get("passed"), " ".join(_told_of(row.report))
    if not isinstance(passed, bool):
        return unknown("The report does not say whether the rehearsal passed.")
    return passes(says or "It passed.") if passed else fails(says or "It failed.")


def _told_of(report: Mapping[str, Any]) -> Iterator[str]:
    """The failures of a report as `manage.py rehearse --json` writes it; what is of another form is passed over."""
    answers = [answer for answer in _list(report.get("answers")) if isinstance(answer, dict)]
    failed = [answer for answer in answers if answer.get("passed") is False]
    if answers:
        yield f"{len(answers) - len(failed)} of {len(answers)} questions were answered as they should."
    yield from (f"{answer.get('question')}: {answer.get('says')}" for answer in failed[:SHOWN])
    drill = report.get("drill")
    if isinstance(drill, dict) and {"server", "failed", "requests"} <= drill.keys():
        yield f"Without {drill['server']} {drill['failed']} of {drill['requests']} requests failed."


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


rehearsal = Rehearsal()
