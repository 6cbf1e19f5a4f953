"""Lists the components that a plan may use, with what each was found to do."""

from __future__ import annotations

import textwrap
from typing import Any

from django.core.management.base import CommandParser

from topology.components import Component, catalogue, describe
from topology.management.command import FINE, PlanCommand

EVIDENCE = {
    "booted": "was started and answered",
    "stand_in": "was tried by a stand-in",
    "translated": "is translated to a program of today",
    "none": "was not started",
}


class Command(PlanCommand):
    """`manage.py catalogue`."""

    help = "List the components: their roles, versions, settings, and how far each was really tried."
    example = "python manage.py catalogue --json"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")

    def run(self, **options: Any) -> int:
        components = catalogue().components
        if options["json"]:
            self.answer_json([describe(component) for component in components])
        else:
            self.answer("\n\n".join(map(_text, components)))
        return FINE


def _text(component: Component) -> str:
    """One component as a paragraph."""
    entry = describe(component)
    first, _, _ = entry["text"].partition("\n\n")
    lines = [f"{entry['title']} ({', '.join(entry['roles'])})", textwrap.fill(first, 100)]
    lines += [f"versions: {_versions(entry)}"] if entry["packages"] else []
    lines += [f"checked by: {entry['validator']}"] if entry["validator"] else []
    lines.append(f"evidence: {EVIDENCE[entry['evidence']]}{_answer(entry)}")
    lines += [f"{setting['name']} ({setting['takes']}): {setting['says']}" for setting in entry["settings"]]
    return f"\n{' ' * 4}".join(lines[:1] + [line.replace("\n", "\n    ") for line in lines[1:]])


def _versions(entry: dict[str, Any]) -> str:
    return ", ".join(f"{version} on {system}" for system, version in entry["packages"].items())


def _answer(entry: dict[str, Any]) -> str:
    return f": {entry['answer']}" if entry["answer"] else ""
