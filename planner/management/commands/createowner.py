"""`manage.py createowner`: the first owner of a team, who sets a password by a link that works once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.core.validators import EmailValidator

from planner import accounts
from planner.models import Team
from topology.errors import TierwrightError
from topology.management.command import FINE, PlanCommand


class Command(PlanCommand):
    """Makes an owner."""

    help = (
        "Make a person owner of a team, either of them anew where it is not there, and print a link to set a password."
        " The link works once, for an hour; run the command again for another. No password is ever typed here."
    )
    example = 'python manage.py createowner ana@example.com --team "Web operations"'

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, and of what."""
        parser.add_argument("email", help="the address that the person logs in with")
        parser.add_argument("--team", required=True, metavar="NAME", help="the team's name")

    def run(self, **options: Any) -> int:
        """Make what is missing, and print the link."""
        address, name = options["email"].strip().lower(), options["team"].strip()
        _check(address, name)
        user = accounts.make_owner(address, name)
        self.say(f"{address} is an owner of {name}. This link sets the password, once, within an hour:")
        self.answer(settings.SITE_URL + accounts.password_link(user))
        if not settings.ACCOUNTS:
            self.say("Accounts are off: start the site with TIERWRIGHT_ACCOUNTS=1, or the link leads nowhere.")
        return FINE


def _check(email: str, name: str) -> None:
    try:
        EmailValidator()(email)
        Team._meta.get_field("name").clean(name, None)
    except ValidationError as error:
        raise TierwrightError(f"{' '.join(error.messages)} ({email!r}, team {name!r})") from None
    if not accounts.slug_of(name):
        raise TierwrightError(f"the team's name {name!r} has no letter or digit to make an address of")
