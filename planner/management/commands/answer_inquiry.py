"""`manage.py answer_inquiry`: the process that searches, sweeps, simulates or replays; the site starts it by itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from planner.inquiries import Work, work_on
from planner.models import Inquiry
from planner.replaying import replayed
from planner.searching import confirm, find_cheapest
from planner.simulating import simulated

WORK: Mapping[str, Work] = {
    Inquiry.Kind.CHEAPEST: find_cheapest, Inquiry.Kind.WORLDS: confirm, Inquiry.Kind.SIMULATION: simulated,
    Inquiry.Kind.EPISODE: replayed,
}  # fmt: skip


class Command(BaseCommand):
    """Answers a question that somebody asked on a page."""

    help = "Answer a question that takes longer than a page may (the site starts this by itself)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The inquiry."""
        parser.add_argument("inquiry", type=int)

    def handle(self, *, inquiry: int, **options: Any) -> None:
        """Work on it, leaving the pages their share of the machine."""
        os.nice(5)
        found = Inquiry.objects.select_related("revision", "revision__plan").get(pk=inquiry)
        work_on(found, WORK[found.kind])
