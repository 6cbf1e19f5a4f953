"""Says how many servers of its type each tier of a plan needs, at several headrooms."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandParser

from topology import capacity, document
from topology.capacity import Need
from topology.design import Design, Place, TierwrightError
from topology.management.command import FINE, PlanCommand
from topology.management.inputs import plan_of, read_design
from topology.workload import Workload


class Command(PlanCommand):
    """`manage.py needed`."""

    help = (
        "Count the servers that each tier needs at the peak, with a share of its capacity left free. The plan gives"
        " tiers, roles and server types; how many servers it writes does not count."
    )
    example = 'python manage.py needed plan.yaml --traffic "16 million page views a month"'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", metavar="PLAN", help="a plan file")
        asked = parser.add_mutually_exclusive_group()
        asked.add_argument(
            "--workload",
            metavar="FILE",
            help="a log, a saved workload or the JSON of intake, in place of the plan's own workload",
        )
        asked.add_argument(
            "--traffic",
            metavar="TEXT",
            help="a rate in words, such as '10 million hits a day' or '600 requests a second at peak'",
        )
        parser.add_argument(
            "--headroom",
            metavar="SHARE",
            help="share of capacity left free, from 0 to below 1; 0, 0.3, 0.5 and 0.7 where none is given",
        )
        parser.add_argument("--json", action="store_true", help="for machines")

    def run(self, **options: Any) -> int:
        design, workload = _asked(options)
        shares = capacity.HEADROOMS if options["headroom"] is None else (_share(options["headroom"]),)
        found = [(share, capacity.needs(design, workload, headroom=share)) for share in shares]
        if options["json"]:
            self.answer_json(_document(design, found))
        else:
            self.answer(_text(found))
        return FINE


def _asked(options: dict[str, Any]) -> tuple[Design, Workload | None]:
    if not options["traffic"]:
        return plan_of(options)
    traffic = capacity.read_traffic(options["traffic"])
    return read_design(options["plan"]), capacity.workload_of_traffic(traffic, source="said by a person")


def _share(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise TierwrightError(
            "the headroom should be a share from 0 to below 1, such as 0.5", place=Place(path="headroom")
        ) from None


def _document(design: Design, found: Sequence[tuple[float, Sequence[Need]]]) -> dict[str, Any]:
    return {
        "plan_digest": document.digest(design),
        "headrooms": [
            {"headroom": share, "tiers": [dataclasses.asdict(need) for need in needs]} for share, needs in found
        ],
    }


def _text(found: Sequence[tuple[float, Sequence[Need]]]) -> str:
    """A paragraph for each headroom."""
    return "\n\n".join("\n    ".join([f"headroom {share:.0%}", *map(_line, needs)]) for share, needs in found)


def _line(need: Need) -> str:
    doubt = "" if need.low == need.high else f" (by the range of the inputs {need.low} to {need.high})"
    return f"{need.says}{doubt}"
