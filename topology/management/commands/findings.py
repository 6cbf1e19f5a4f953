"""Says what is wrong across the files of a plan, with the fix for each."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from topology.checks import findings
from topology.management.command import FINDINGS, FINE, PlanCommand
from topology.management.findings_report import lines_of
from topology.management.inputs import add_plan, plan_of


class Command(PlanCommand):
    """`manage.py findings`."""

    help = (
        "Look at all files of a plan together and at what was said of its sites: connections, timeouts, memory,"
        " identities, keys. Ends with 1 where a finding is an error that nobody has taken on."
    )
    example = "python manage.py findings plan.yaml"

    def add_arguments(self, parser: CommandParser) -> None:
        add_plan(parser)
        parser.add_argument("--json", action="store_true", help="the findings as JSON")

    def run(self, **options: Any) -> int:
        design, workload = plan_of(options)
        found = findings(design, workload=workload)
        if options["json"]:
            self.answer_json([finding.document() for finding in found])
        else:
            for line in (line for finding in found for line in lines_of(finding)):
                self.answer(line)
            self.answer(f"{len(found)} findings in {design.name}" if found else f"nothing found in {design.name}")
        return FINDINGS if any(finding.stops for finding in found) else FINE
