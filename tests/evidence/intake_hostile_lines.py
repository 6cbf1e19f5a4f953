"""Hostile lines through the compiled scanner and through the definition of the format: both say the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evidence import Evidence
from tests.topology.intake import hostile
from tests.topology.intake.test_scanner import LAYOUTS, read_fast, read_slowly
from topology.intake.format import Layout

ISSUE = 1
EXAMPLES = 20_000


def measure() -> Evidence:
    """Twenty thousand blocks of lines; any difference counts against it."""
    told = {"blocks": 0, "lines": 0, "by the scanner alone": 0, "different": 0}

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True)
    @given(st.lists(hostile.lines, max_size=8), st.sampled_from(LAYOUTS))
    def compare(lines: list[bytes], layout: Layout) -> None:
        expected, expected_misses = read_slowly(lines, layout)
        found, misses, left = read_fast(lines, layout)
        told["blocks"] += 1
        told["lines"] += len(lines)
        told["by the scanner alone"] += len(lines) - left
        told["different"] += sorted(map(repr, found)) != sorted(map(repr, expected)) or misses != expected_misses

    compare()
    return Evidence(
        title="The compiled scanner against the definition of the format",
        command="bin/evidence 1 --only intake_hostile_lines",
        passed=told["different"] == 0 and told["blocks"] >= EXAMPLES,
        columns=tuple(told),
        rows=(tuple(told.values()),),
    )
