"""Says whether the history is whole: every team's audit, its revisions, and the rows that events vouch for."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from planner.verifying import TeamHistory, find_head, verify
from topology.errors import Place, TierwrightError
from topology.management.command import FINDINGS, FINE, PlanCommand


class Command(PlanCommand):
    """`manage.py verify_history`."""

    help = (
        "Read every event, revision, approval, waiver, comment and piece of evidence, and say of each team whether its"
        " history is as it was written. Ends with 1 where something was changed, added or taken away."
    )
    example = "python manage.py verify_history"

    def add_arguments(self, parser: CommandParser) -> None:
        """What to ask for."""
        parser.add_argument("--json", action="store_true", help="the answer as JSON")
        parser.add_argument(
            "--head", metavar="HASH", help="also find the event with this hash, such as a bundle's manifest names it"
        )

    def run(self, **options: Any) -> int:
        """Verify, and tell."""
        head = options["head"]
        event = find_head(head) if head else None
        found = verify()
        if options["json"]:
            self.answer_json({"whole": _whole(found), "teams": [asdict(history) for history in found]})
        else:
            self._tell(found)
        if head and event is None:
            raise TierwrightError("no event has this hash: it is of another site, or events were taken away",
                                  place=Place(path="--head"))  # fmt: skip
        if event is not None:
            self.say(f"{head[:12]} is event {event.number} of {event.team.slug}, {event.at:%Y-%m-%d %H:%M} UTC")
        return FINE if _whole(found) else FINDINGS

    def _tell(self, found: tuple[TeamHistory, ...]) -> None:
        for history in found:
            self.answer(history.says)
            for broken in history.breaks:
                self.answer(f"  {broken.place}: {broken.says}")
        if not found:
            self.answer("there is no team yet, and nothing to verify")


def _whole(found: tuple[TeamHistory, ...]) -> bool:
    return not any(history.breaks for history in found)
