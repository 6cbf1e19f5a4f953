"""`manage.py demo`: seeds the demo with its people and an open proposal; safe to repeat."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import DatabaseError

from planner import demo
from topology import demo as plain
from topology.design import TierwrightError
from topology.management.command import FINE, PlanCommand


class Command(PlanCommand):
    """Seeds the demo."""

    help = (
        "Seed the demo: a newspaper with ten million hits a day, and a proposal that waits for review. Safe to repeat."
        " On a site with accounts it says how a team gets the plan."
    )
    example = "python manage.py demo"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="let it begin again; its history stays")

    def run(self, **options: Any) -> int:
        """Make what is not there."""
        if settings.ACCOUNTS:
            self.say("This site has accounts: each team opens the demo on the start page.")
            return FINE
        try:
            there = plain.is_there()
        except DatabaseError as error:
            raise TierwrightError(
                f"the database cannot be read ({error}); `python manage.py migrate` makes its tables"
            ) from None
        plan = demo.reset() if options["reset"] else demo.seed()
        self.answer(f"The demo {'was there already' if there else 'is ready'}: plan {plan.slug}.")
        return FINE
