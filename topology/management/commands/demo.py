"""`manage.py demo`: seeds the demo; safe to repeat."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError

from topology import demo
from topology.design import TierwrightError
from topology.management.command import FINE, PlanCommand


class Command(PlanCommand):
    """Seeds the demo."""

    help = "Seed the demo plan, a newspaper with ten million hits a day. Safe to repeat."
    example = "python manage.py demo"

    def run(self, **options: Any) -> int:
        """Make the plan where it is not there."""
        try:
            there = demo.is_there()
        except DatabaseError as error:
            raise TierwrightError(
                f"the database cannot be read ({error}); `python manage.py migrate` makes its tables"
            ) from None
        plan = demo.seed()
        self.answer(f"The demo {'was there already' if there else 'is ready'}: plan {plan.slug}.")
        return FINE
