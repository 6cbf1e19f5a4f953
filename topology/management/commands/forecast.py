"""Says what a plan carries, what breaks first, and how sure that is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import CommandParser

from topology import capacity
from topology.management.command import FINE, PlanCommand
from topology.management.forecast_report import report
from topology.management.inputs import add_plan, plan_of


class Command(PlanCommand):
    """`manage.py forecast`."""

    help = (
        "Say what a plan carries: its capacity and what breaks first, response times, memory, cost, single points of"
        " failure, what happens when a server dies, through the week and as traffic grows, each with its range and"
        " what it rests on."
    )
    example = "python manage.py forecast plan.yaml --workload access.log"

    def add_arguments(self, parser: CommandParser) -> None:
        add_plan(parser)
        parser.add_argument("--json", action="store_true", help="the forecast as JSON")

    def run(self, **options: Any) -> int:
        design, workload = plan_of(options)
        answer = capacity.forecast(design, workload)
        outlook = capacity.outlook(design, workload)
        if options["json"]:
            self.answer_json(capacity.to_document(answer, outlook))
        else:
            self.answer(report(design.name, answer, outlook, today=date.today()))
        return FINE
