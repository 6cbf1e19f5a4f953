"""Simulates a plan at its peak, request by request, and sets the result beside the formulas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.management.base import CommandParser

from topology import capacity
from topology.capacity import Figure, Number, Simulated, digits, percent
from topology.management.command import FINE, PlanCommand
from topology.management.inputs import read_design, read_workload, workload_beside

_LABELS: Mapping[Figure, str] = {"mean": "mean", "p50": "median", "p95": "95 %", "p99": "99 %"}


class Command(PlanCommand):
    """`manage.py simulate`."""

    help = (
        "Simulate a plan at the peak of its workload: every request with the workers, connections and cores that it"
        " waits for. Says response times with the range of the simulation, and whether the formulas agree."
    )
    example = "python manage.py simulate plan.yaml --lose web2"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", metavar="PLAN", help="a plan file")
        parser.add_argument(
            "--workload",
            metavar="FILE",
            help="a log, a saved workload or the JSON of intake, in place of the plan's own workload",
        )
        parser.add_argument("--lose", metavar="SERVER", action="append", default=[], help="a server that is dead")
        parser.add_argument("--seed", type=int, default=1, help="seed of the random numbers; the same gives the same")
        parser.add_argument("--json", action="store_true", help="the result as JSON")

    def run(self, **options: Any) -> int:
        design = read_design(options["plan"])
        written = options["workload"]
        workload = read_workload(written) if written else workload_beside(design, options["plan"])
        found = capacity.simulate(design, workload, seed=options["seed"], lost=options["lose"])
        if options["json"]:
            self.answer_json(found.document())
        else:
            self.answer("\n".join(_report(design.name, found)))
        return FINE


def _report(name: str, found: Simulated) -> Iterator[str]:
    yield f"Simulation of {name}, at a peak of {digits(found.offered_rps)} requests/s"
    yield ""
    yield found.says
    if found.latency_ms:
        yield ""
        yield f"{'ms':<8}{'simulated':>28}{'over the inputs':>28}{'formulas':>28}"
        for key, label in _LABELS.items():
            columns = (found.latency_ms, found.over_inputs_ms, found.forecast.latency_ms)
            yield f"{label:<8}" + "".join(f"{_ranged(column.get(key)):>28}" for column in columns)
    yield ""
    for tier, busy in found.cpu.items():
        yield f"{tier}: CPU {percent(busy.value)} busy"
    yield f"Refused: {percent(found.refused.value)}. {found.requests:,} requests simulated, seed {found.seed}" + (
        "." if found.precise else "; not as sure as was asked for."
    )


def _ranged(number: Number | None) -> str:
    return "-" if number is None else f"{digits(number.value)} ({digits(number.low)} to {digits(number.high)})"
