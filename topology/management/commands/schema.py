"""Prints the JSON Schema of the plan file, with the settings of every role."""

from __future__ import annotations

from typing import Any

from topology import document
from topology.components import catalogue
from topology.management.command import FINE, PlanCommand


class Command(PlanCommand):
    """`manage.py schema`."""

    help = "Print the JSON Schema of the plan file, for editors and programs that write plans."
    example = "python manage.py schema > plan.schema.json"

    def run(self, **options: Any) -> int:
        self.answer_json(document.schema(catalogue()))
        return FINE
