"""`manage.py read_upload`: the process that reads a log sent to the site; the site starts it by itself."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from planner.models import Reading
from planner.reader import read

_CPU_SECONDS = 1800


class Command(BaseCommand):
    """Reads the logs of a folder into a reading, and deletes them."""

    help = "Read a log that was sent to the site (the site starts this by itself)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The reading and the folder."""
        parser.add_argument("reading")
        parser.add_argument("folder", type=Path)

    def handle(self, *, reading: str, folder: Path, **options: Any) -> None:
        """Read, leaving the pages their share of the machine."""
        os.nice(5)
        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
        read(Reading.objects.get(pk=reading), folder)
