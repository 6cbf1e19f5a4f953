"""`manage.py closeaccount`: nobody logs in to an account any more; what its person said and approved stays."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from planner import accounts
from topology.errors import TierwrightError
from topology.management.command import FINE, PlanCommand


class Command(PlanCommand):
    """Closes an account, or opens it again."""

    help = (
        "Close the account of somebody who left: its sessions and API tokens stop working, what its person said and"
        " approved stays. --open opens it again; tokens that have not ended work then too."
    )
    example = "python manage.py closeaccount ana@example.com"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("email", help="the address of the person")
        parser.add_argument("--open", action="store_true", help="open it again")

    def run(self, **options: Any) -> int:
        """Close it, and say what that ended."""
        email = options["email"].strip()
        user = accounts.find(email)
        if user is None:
            raise TierwrightError(f"nobody here has the address {email}")
        ended = accounts.switch(user, on=options["open"])
        if options["open"]:
            self.answer(f"The account {user.username} is open.")
        else:
            self.answer(f"The account {user.username} is closed; sessions ended: {ended}.")
        return FINE
