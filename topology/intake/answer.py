"""The answer of intake as plain data, in the form that interfaces promise."""

from __future__ import annotations

from typing import Any

from topology import document
from topology.intake.demand import CLUMPED, is_clumped, workload_of
from topology.intake.facts import facts_of
from topology.intake.reading import LogReading
from topology.intake.response_times import response_times, sentences
from topology.workload import Workload


def facts_document(reading: LogReading) -> dict[str, Any]:
    """The facts alone; what the log cannot tell is None."""
    return facts_of(reading)


def answer_of(reading: LogReading, workload: Workload | None = None) -> dict[str, Any]:
    """Facts, workload, rejected lines (a count and masked samples) and notes.

    The workload is worked out without an answer to how busy the server was, unless one is given.
    """
    found = response_times(reading.tally.times)
    return {
        "facts": facts_of(reading),
        "workload": document.to_data(workload or workload_of(reading)),
        "rejected": {"count": reading.lines.failed, "samples": list(reading.lines.samples)},
        "notes": [*reading.notes, *([CLUMPED] if is_clumped(reading.tally) else []), *sentences(found)],
    }
