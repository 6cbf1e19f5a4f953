"""The table of ASVS: every test that it names is there, and its counts are those of its rows."""

from __future__ import annotations

import ast
import re
from collections import Counter

from tests.conftest import ROOT

PAPER = ROOT / "docs" / "asvs.md"
STATES = ("met", "partly", "not", "n/a")


def test_every_test_that_it_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAPER.read_text(encoding="utf-8")))

    assert len(named) > 50
    assert named - _tests() == set()


def test_every_row_has_a_state_and_no_requirement_two() -> None:
    rows = _rows()
    numbers = Counter(number for row in rows for number in _numbers(row[0]))

    assert {row[2] for row in rows} <= set(STATES)
    assert [number for number, count in numbers.items() if count > 1] == []
    assert {number.partition(".")[0] for number in numbers} == {str(chapter) for chapter in range(1, 18)}


def test_what_is_not_met_whole_says_what_is_missing() -> None:
    assert [row[0] for row in _rows() if row[2] != "met" and not row[3]] == []


def test_its_counts_are_those_of_the_rows() -> None:
    text = PAPER.read_text(encoding="utf-8")
    said = {state: int(count) for state, count in re.findall(r"^\| (met|partly|not|n/a) \| (\d+) \|$", text, re.M)}

    assert said == Counter(row[2] for row in _rows() for _ in _numbers(row[0]))


def _rows() -> list[list[str]]:
    """The cells of every row that begins with a requirement's number."""
    lines = PAPER.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if re.match(r"\| \d+\.\d+\.\d+", line)]


def _numbers(cell: str) -> list[str]:
    return re.findall(r"\d+\.\d+\.\d+", cell)


def _tests() -> set[str]:
    """The names of all tests of the tree."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "tests").rglob("test_*.py")))
    functions = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return {function.name for function in functions if function.name.startswith("test_")}
