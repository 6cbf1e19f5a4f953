"""`manage.py settle_team`: looks at a team's proposals again after its rules changed; the site starts it by itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from planner.models import Team
from planner.review.settling import settle_team


class Command(BaseCommand):
    """Settles every proposal of a team that is in review."""

    help = "Look at a team's proposals in review again (the site starts this when rules or members change)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The team."""
        parser.add_argument("team")

    def handle(self, *, team: str, **options: Any) -> None:
        """Settle, and say how much changed."""
        changed = settle_team(Team.objects.get(slug=team))
        self.stdout.write(f"{changed} proposals stand otherwise now")
