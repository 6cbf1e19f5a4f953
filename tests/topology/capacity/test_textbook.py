"""Textbook cases against what was published, each with its source in its own file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from topology.capacity import solve_case

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.stem for path in CASES.glob("*.json") if not path.stem.endswith(".expected"))


def load(name: str) -> Any:
    return json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))


def at(answer: dict[str, Any], path: str) -> float:
    """The number at a path of keys; a key may itself hold a point, such as a percentile's."""
    found: Any = answer
    rest = path
    while rest:
        key = max((key for key in found if rest == key or rest.startswith(f"{key}.")), key=len)
        found, rest = found[key], rest[len(key) + 1 :]
    assert isinstance(found, int | float), path
    return float(found)


@pytest.mark.parametrize("name", NAMES)
def test_published_digits(name: str) -> None:
    case, expected = load(name), load(f"{name}.expected")
    assert case["source"]

    answer = solve_case(case)

    assert answer["model"] == case["model"]
    measured = expected.pop("measured", None)
    for path, published in expected.items():
        assert at(answer, path) == pytest.approx(published["value"], abs=published["within"], rel=0), path
    if measured:
        assert at(answer, measured["path"]) == pytest.approx(measured["value"], rel=measured["share"])
