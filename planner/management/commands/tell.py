"""`manage.py tell`: sends what waits to be told: webhooks' deliveries, and digests by mail."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from planner import mails, presence, webhooks


class Command(BaseCommand):
    """Once, or again and again."""

    help = (
        "Send webhooks and mails that wait. The site starts it by itself after an event; run it by a timer for mails."
    )

    example = "python manage.py tell --every 60"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on for ever, with a pause of so long")

    def handle(self, **options: Any) -> None:
        """Tell; how much was told goes to stdout."""
        while True:
            self._once()
            if not options["every"]:
                return
            time.sleep(options["every"])

    def _once(self) -> None:
        now = timezone.now()
        tried = webhooks.deliver(now=now)
        sent, failed = mails.send_digests(now=now)
        presence.forget(now=now)
        if tried or sent or failed:
            self.stdout.write(f"{tried} deliveries tried, {sent} mails sent, {failed} mails not sent")
