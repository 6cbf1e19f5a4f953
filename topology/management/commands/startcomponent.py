"""Writes the folder of a new component: every part in its place, with what is still to be decided marked TODO."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from topology import components
from topology.components import catalogue
from topology.errors import TierwrightError
from topology.fields import check_word
from topology.management.command import FINE, PlanCommand

PARTS = Path(__file__).parent.parent / "component"
"""The skeleton: files with the ending .txt, in which NAME and Name stand for the component's own."""
_IMPORT = re.compile(r"^from topology\.\S+ import (?:\([^)]*\)|.*)\n", re.MULTILINE)


class Command(PlanCommand):
    """`manage.py startcomponent NAME`."""

    help = (
        "Write the folder of a new component in topology/components: settings, files, validator, boot and cases, each"
        " with what is still to be decided marked TODO. docs/adding-a-component.md leads through it."
    )
    example = "python manage.py startcomponent squid"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="lower-case letters, digits and underscores: squid")

    def run(self, **options: Any) -> int:
        name = _checked(options["name"])
        folder = Path(str(components.__file__)).parent / name
        if folder.exists() or name in catalogue().by_name or name in catalogue().by_role:
            raise TierwrightError(f"there is a component or a role {name} already; choose another name")
        for path, text in skeleton(name):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            self.say(f"topology/components/{name}/{path}")
        self.answer(f"Look for TODO in topology/components/{name}, then try it: bin/test component {name}")
        return FINE


def skeleton(name: str) -> list[tuple[str, str]]:
    """The files of a new component: path in its folder, and text."""
    found = []
    for part in sorted(PARTS.rglob("*.txt")):
        text = part.read_text(encoding="utf-8").replace("NAME", name).replace("Name", _class_of(name))
        path = str(part.relative_to(PARTS)).removesuffix(".txt").replace("NAME", name)
        found.append((path, _in_order(text) if path.endswith(".py") else text))
    return found


def _in_order(text: str) -> str:
    """The same with its imports sorted: where the component's own stand depends on its name."""
    imports = _IMPORT.findall(text)
    ordered = iter(sorted(imports, key=lambda line: line.split()[1]))
    return _IMPORT.sub(lambda found: next(ordered), text)


def _class_of(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _checked(name: str) -> str:
    try:
        word = check_word(name)
    except ValueError as error:
        raise TierwrightError(f"{name!r} is no name for a component: {error}") from None
    if not word.isidentifier() or word != word.lower():
        raise TierwrightError(f"{name!r} is no name for a component: it becomes a Python package in lower case")
    return word
