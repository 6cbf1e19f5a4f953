"""Modules stay small and say in a sentence what they are for."""

from __future__ import annotations

import ast

from tests.house.tree import modules, name

MOST_LINES = 400


def test_no_module_is_longer_than_the_budget() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}

    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_every_module_opens_with_a_sentence() -> None:
    sources = {name(path): path.read_text(encoding="utf-8") for path in modules()}

    assert [path for path, source in sources.items() if source.strip() and not _opening(source)] == []


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "helper", "manager", "managers", "service", "services", "misc"}

    assert [name(path) for path in modules() if drawers & {path.stem, path.parent.name}] == []


def _opening(source: str) -> bool:
    docstring = ast.get_docstring(ast.parse(source)) or ""
    first = docstring.split("\n\n")[0].strip()
    return first.endswith((".", ":", "?", "!"))
