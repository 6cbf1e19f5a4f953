"""Says what changes from one plan to another, as effects: servers, roles, settings, doors, capacity and cost."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from topology import capacity, diff
from topology.capacity import Forecast, digits, forecast
from topology.design import Design
from topology.diff import compare
from topology.management.command import FINE, PlanCommand
from topology.management.inputs import read_plan
from topology.stages import Effect, effects_of, step_document, steps_of, transition

HEADINGS = {"setting": "Derived settings", "door": "Doors", "program": "Programs"}


class Command(PlanCommand):
    """`manage.py diff`."""

    help = (
        "Say what changes from BEFORE to AFTER: servers, roles and settings, what follows on the hosts (derived"
        " settings, doors, programs), capacity and cost before and after, and the steps in order."
    )
    example = "python manage.py diff plan.yaml later.yaml"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("before", metavar="BEFORE", help="a plan file")
        parser.add_argument("after", metavar="AFTER", help="the plan that it becomes")
        parser.add_argument("--json", action="store_true", help="everything as JSON")

    def run(self, **options: Any) -> int:
        before, after = read_plan(options["before"]), read_plan(options["after"])
        change = transition(before, after)
        changes, effects = compare(before, after), effects_of(change)
        forecasts = (_forecast(before), _forecast(after))
        if options["json"]:
            documents = [capacity.to_document(item) if item else None for item in forecasts]
            self.answer_json(
                {
                    "before": {"plan_digest": changes.before_digest, "forecast": documents[0]},
                    "after": {"plan_digest": changes.after_digest, "forecast": documents[1]},
                    "changes": diff.to_document(changes),
                    "effects": [asdict(effect) for effect in effects],
                    "steps": [step_document(step) for step in steps_of(change)],
                }
            )
            return FINE
        titles = [step.title for step in steps_of(change)]
        self.answer("\n\n".join(_parts(changes.lines(), effects, forecasts, titles)))
        return FINE


def _forecast(design: Design) -> Forecast | None:
    """None for a plan without a workload: then only its layout is compared."""
    return forecast(design) if design.workload is not None else None


def _parts(
    changes: tuple[str, ...],
    effects: tuple[Effect, ...],
    forecasts: tuple[Forecast | None, Forecast | None],
    steps: list[str],
) -> list[str]:
    if not changes:
        return ["Nothing changes."]
    parts = [_section("Changes", changes)]
    for kind, heading in HEADINGS.items():
        parts.append(_section(heading, [effect.says for effect in effects if effect.kind == kind]))
    parts.append(_numbers(*forecasts))
    parts.append(_section("Steps", [f"{number}. {title}" for number, title in enumerate(steps, 1)]))
    return [part for part in parts if part]


def _section(heading: str, lines: list[str] | tuple[str, ...]) -> str:
    return "\n".join((heading, *(f"  {line}" for line in lines))) if lines else ""


def _numbers(before: Forecast | None, after: Forecast | None) -> str:
    """What the plans carry and cost, side by side."""
    if before is None or after is None:
        return "Neither capacity nor cost is compared: a plan without a workload cannot be forecast."
    rows = [
        ("carries, requests/s", digits(before.capacity_rps.value), digits(after.capacity_rps.value)),
        ("p95, ms", *(_p95(item) for item in (before, after))),
        ("availability", *(f"{item.availability.value * 100:.3f} %" for item in (before, after))),
        ("single points", *(str(len(item.single_points)) for item in (before, after))),
        ("cost a month", *(_cost(item) for item in (before, after))),
    ]
    lines = [f"{label:22}{old:>14}{new:>14}" for label, old, new in (("", "before", "after"), *rows)]
    return _section("Before and after", lines)


def _p95(forecast: Forecast) -> str:
    p95 = forecast.latency_ms.get("p95")
    return digits(p95.value) if p95 else "-"


def _cost(forecast: Forecast) -> str:
    cost = forecast.cost_month
    return "?" if cost.amount is None else f"{cost.amount:,.0f} {cost.currency}"
