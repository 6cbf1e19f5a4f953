"""Draws the servers of a plan, or of the change from one plan to another."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from django.core.management.base import CommandParser

from topology.capacity import Forecast, forecast
from topology.design import Design, Place, TierwrightError
from topology.diagrams import Format, draw
from topology.management.command import FINE, PlanCommand
from topology.management.inputs import read_plan

DRAWN: tuple[Format, ...] = get_args(Format)


class Command(PlanCommand):
    """`manage.py draw`."""

    help = "Draw the servers of a plan, or of the change from PLAN to AFTER, as SVG, PNG, PDF or DOT."
    example = "python manage.py draw plan.yaml -o plan.svg"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", metavar="PLAN", help="a plan file")
        parser.add_argument("after", metavar="AFTER", nargs="?", help="a later plan: draw the change between the two")
        parser.add_argument(
            "-o",
            dest="output",
            metavar="FILE",
            required=True,
            help="where to: its ending (svg, png, pdf, dot) says what",
        )

    def run(self, **options: Any) -> int:
        output = Path(options["output"])
        kind = _kind(output)
        before = read_plan(options["plan"])
        after = read_plan(options["after"]) if options["after"] else None
        drawing = draw(before, after, forecast=self._forecast(after or before))
        content = drawing.dot.encode() if kind is None else drawing.render(kind)
        _write(output, content)
        count = len(drawing.picture.groups)
        self.say(f"{output}: {count} {'tier' if count == 1 else 'tiers'} drawn")
        return FINE

    def _forecast(self, design: Design) -> Forecast | None:
        """The forecast whose loads the drawing shows; what has none is drawn without loads."""
        if design.workload is None:
            return None
        try:
            return forecast(design)
        except TierwrightError as error:
            self.say(f"drawn without loads: {error}")
            return None


def _kind(output: Path) -> Format | None:
    """The format that the ending asks for; None for DOT, which is written and not drawn."""
    ending = output.suffix.lstrip(".").lower()
    kind = next((known for known in DRAWN if known == ending), None)
    if kind is None and ending != "dot":
        raise TierwrightError(
            f"the ending must be one of {', '.join(DRAWN)} or dot", place=Place(file=str(output), path="-o")
        )
    return kind


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise TierwrightError(f"this file cannot be written: {error.strerror}", place=Place(file=str(path))) from None
