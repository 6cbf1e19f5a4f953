"""Starts the hosts of a plan for real on this machine, asks its sites, and takes a web server away under load."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from topology.bundles import build
from topology.management.command import FINDINGS, FINE, PlanCommand
from topology.management.inputs import read_design, workload_beside
from topology.rehearsal import rehearse


class Command(PlanCommand):
    """`manage.py rehearse`."""

    help = (
        "Start every host of a plan for real, as root, in namespaces of this one machine, each from its exported files"
        " alone; ask the sites through the front door, and replace a web server under load. Nothing is left behind."
        " Ends with 1 where an answer or a request failed."
    )
    example = "sudo python manage.py rehearse plan.yaml"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", metavar="PLAN", help="a plan file")
        parser.add_argument("--no-drill", action="store_true", help="ask only; take no server away")
        parser.add_argument("--json", action="store_true", help="the report as JSON")

    def run(self, **options: Any) -> int:
        design = read_design(options["plan"])
        bundle = build(design, workload_beside(design, options["plan"]))
        report = rehearse(bundle, tell=self.say, drill=not options["no_drill"])
        if options["json"]:
            self.answer_json(report.to_document())
        else:
            self.answer(report.text().rstrip("\n"))
        return FINE if report.passed else FINDINGS
