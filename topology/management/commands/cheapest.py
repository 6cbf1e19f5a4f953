"""Finds the cheapest topology that holds what is promised at the workload's peak."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from topology import capacity
from topology.capacity import Objective, cheapest
from topology.design import Design
from topology.errors import TierwrightError
from topology.hardware import BUILT_IN, BUILT_IN_CURRENCY, ServerType, read_types
from topology.management.cheapest_report import report
from topology.management.command import FINDINGS, FINE, PlanCommand
from topology.management.inputs import read_design, read_workload
from topology.stages import Stages, evolve


class Command(PlanCommand):
    """`manage.py cheapest`."""

    help = (
        "Find the cheapest topology that holds a response time, an availability and a headroom at the workload's peak:"
        " over the five stages, server types, numbers of servers, workers and caches. Says what costs more and gives"
        " more, why the others lost, what to relax where nothing holds, and what to measure next."
    )
    example = "python manage.py cheapest --workload access.log --p95 2000 --availability 0.99 --headroom 0.3"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--workload", metavar="FILE", required=True, help="a log, a saved workload or the JSON of intake"
        )
        parser.add_argument(
            "--p95", metavar="MS", type=float, required=True, help="95th percentile of response times, milliseconds"
        )
        parser.add_argument(
            "--availability", metavar="A", type=float, required=True, help="share of the time, such as 0.999"
        )
        parser.add_argument(
            "--headroom", metavar="H", type=float, required=True, help="share of capacity kept free at the peak"
        )
        parser.add_argument("--budget", metavar="N", type=float, help="most that the servers may cost a month")
        parser.add_argument(
            "--plan",
            metavar="PLAN",
            help="a plan file whose site, network, roles, server types and currency are used; its servers keep their"
            " names and addresses",
        )
        parser.add_argument(
            "--types",
            metavar="CSV",
            help="a table of server types to choose from, its header the keys of server_types in a plan: name, cores,"
            " ram_mib, price_month, ...; prices are in the plan's currency, without a plan in --currency",
        )
        parser.add_argument(
            "--currency", metavar="CODE", help=f"currency of the prices in CSV; {BUILT_IN_CURRENCY} by default"
        )
        parser.add_argument("--json", action="store_true", help="the answer as JSON, with whole plans")

    def run(self, **options: Any) -> int:
        plan = read_design(options["plan"]) if options["plan"] else None
        types, currency = _types(plan, options["types"], options["currency"])
        objective = Objective(
            p95_ms=options["p95"],
            availability=options["availability"],
            headroom=options["headroom"],
            budget=options["budget"],
            currency=currency,
        )
        workload = read_workload(options["workload"])
        stages: Stages = evolve(workload) if plan is None else evolve(plan, workload=workload)
        answer = cheapest(
            [view.design for view in stages.views],
            workload,
            objective,
            types=types,
            names=[view.name for view in stages.views],
            progress=self.say,
        )
        if options["json"]:
            self.answer_json(capacity.cheapest_document(answer))
        else:
            self.answer(report(answer, objective, rate=workload.peak.mid))
        return FINE if answer.winner is not None else FINDINGS


def _types(plan: Design | None, table: str | None, currency: str | None) -> tuple[Mapping[str, ServerType], str]:
    """The server types to choose from and the currency of their prices: the table's, else the plan's own."""
    if table is not None:
        return read_types(table), currency or (plan.currency if plan else BUILT_IN_CURRENCY)
    if currency is not None:
        raise TierwrightError("--currency is that of the prices in --types CSV; name the table too")
    if plan is None or not (plan.server_types or plan.currency != BUILT_IN_CURRENCY):
        return BUILT_IN, BUILT_IN_CURRENCY
    return plan.server_types, plan.currency
