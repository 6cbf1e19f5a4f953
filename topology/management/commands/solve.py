"""Solves one textbook model of queues, availability or scalability, for verification."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from topology.capacity import parse_case, solve_case
from topology.management.command import FINE, PlanCommand
from topology.management.inputs import read_bytes


class Command(PlanCommand):
    """`manage.py solve`."""

    help = (
        "Solve one textbook model (mmc, mg1, open_network, closed_network, availability, usl, layered) with the"
        " formulas that a forecast uses, so that they can be held against published results."
    )
    example = "python manage.py solve case.json --json"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", metavar="CASE", help="a JSON file with a model and its numbers; - reads the input")
        parser.add_argument("--json", action="store_true", help="the answer as JSON")

    def run(self, **options: Any) -> int:
        written = options["case"]
        file = None if written == "-" else str(written)
        content = sys.stdin.buffer.read() if file is None else read_bytes(Path(file))
        found = solve_case(parse_case(content, file=file), file=file)
        if options["json"]:
            self.answer_json(found)
        else:
            self.answer("\n".join(_lines(found)))
        return FINE


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The answer as a page of text: single numbers, then a table for what goes by name, then notes."""
    yield f"{found['model']}: {found['class']} answer"
    tables = [key for key in ("classes", "stations") if key in found]
    for key, value in found.items():
        if key in ("model", "class", "notes", "bounds", *tables):
            continue
        if not isinstance(value, Mapping | list) or _is_number(value):
            yield _line(_words(key), value)
        elif isinstance(value, Mapping) and not tables:
            yield from (_line(f"{_words(key)} {name}", item) for name, item in value.items())
    for key in tables:
        yield from _table(key, found[key])
    yield from (f"Note: {note}." for note in found.get("notes", []))


def _table(key: str, rows: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    columns = [name for name, value in next(iter(rows.values())).items() if not isinstance(value, Mapping)]
    width = max(12, *(len(name) + 2 for name in rows))
    yield f"\n  {key:{width}}" + "".join(f"{_words(column):>15}" for column in columns)
    for name, row in rows.items():
        yield f"  {name:{width}}" + "".join(f"{_figure(row[column]):>15}" for column in columns)


def _line(label: str, value: Any) -> str:
    if _is_number(value):
        return f"  {label:24}{value['value']:>14.7g} {value['unit']} ({value['low']:.7g} to {value['high']:.7g})"
    return f"  {label:24}{_figure(value):>14}"


def _is_number(value: Any) -> bool:
    """Whether this is a predicted number with its range."""
    return isinstance(value, Mapping) and "value" in value


def _words(key: str) -> str:
    return key.replace("_", " ")


def _figure(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else f"{value:.7g}" if isinstance(value, float | int) else str(value)
