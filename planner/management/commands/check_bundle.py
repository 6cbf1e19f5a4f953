"""`manage.py check_bundle`: the process that asks the real programs; the site starts it by itself."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from planner.checking import check
from planner.models import Checking


class Command(BaseCommand):
    """Has the files of a bundle checked."""

    help = "Have the files of a bundle checked by the real programs (the site starts this by itself)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The checking."""
        parser.add_argument("checking", type=int)
        parser.add_argument("--anew", action="store_true", help="believe no answer of an earlier time")

    def handle(self, *, checking: int, anew: bool = False, **options: Any) -> None:
        """Check, leaving the pages their share of the machine."""
        os.nice(5)
        check(Checking.objects.select_related("revision", "revision__plan").get(pk=checking), anew=anew)
