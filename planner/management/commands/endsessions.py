"""`manage.py endsessions`: logs a person, or everybody, out of every browser."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from planner import accounts
from topology.errors import TierwrightError
from topology.management.command import FINE, PlanCommand


class Command(PlanCommand):
    """Ends sessions."""

    help = "Log a person out of every browser, or everybody with --all. API tokens are not touched."
    example = "python manage.py endsessions ana@example.com"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("email", nargs="?", default="", help="the address of the person")
        parser.add_argument("--all", action="store_true", help="everybody's")

    def run(self, **options: Any) -> int:
        """End them, and say how many."""
        email = options["email"].strip()
        if bool(email) == options["all"]:
            raise TierwrightError("give an address, or --all for everybody's sessions")
        if email and not accounts.find(email):
            raise TierwrightError(f"nobody here has the address {email}")
        ended = accounts.end_sessions(accounts.find(email) if email else None)
        self.answer(f"Sessions ended: {ended}.")
        return FINE
