"""Every fact of the real logs against truths derived elsewhere, and every file of the zoo of formats."""

from __future__ import annotations

import json

from tests.conftest import DATA_DIR
from tests.evidence import Cell, Evidence
from tests.topology.intake.test_facts import NAMES
from tests.topology.intake.test_zoo import EXPECTED
from topology.intake import LogReading, LogRefused, facts_document, read_logs

ISSUE = 1


def measure() -> Evidence:
    """One row a file: what was expected, what was found."""
    rows = [_real(name) for name in NAMES] + [_of_zoo(name) for name in EXPECTED]
    return Evidence(
        title="Intake of the real logs and of the zoo of formats",
        command="bin/evidence 1 --only intake_logs",
        passed=all(row[1] for row in rows),
        columns=("file", "as expected", "format", "lines", "parsed", "failed", "other lines", "facts equal", "refusal"),
        rows=tuple(rows),
        text="The log of the EPA has days without a month; it is read with `--month 1995-08`.",
    )


def _real(name: str) -> tuple[Cell, ...]:
    truth = json.loads((DATA_DIR / "logs" / "facts.json").read_text())[name]
    del truth["fail_samples"]
    reading = read_logs([DATA_DIR / "logs" / name], month="1995-08" if name.startswith("epa") else None)
    facts = facts_document(reading)
    equal = sum(facts.get(key) == value for key, value in truth.items())
    return (name, equal == len(truth), *_counts(reading), f"{equal} of {len(truth)}", None)


def _of_zoo(name: str) -> tuple[Cell, ...]:
    expected = EXPECTED[name]
    try:
        reading = read_logs([DATA_DIR / "logs" / "zoo" / name])
    except LogRefused as refusal:
        named = isinstance(expected, str) and expected in refusal.sentence
        return (f"zoo/{name}", named, None, None, None, None, None, None, refusal.sentence)
    return (f"zoo/{name}", reading.tally.parsed == expected, *_counts(reading), None, None)


def _counts(reading: LogReading) -> tuple[Cell, ...]:
    lines = reading.lines
    return (", ".join(reading.formats), lines.read, reading.tally.parsed, lines.failed, lines.other)
