"""The answer of intake as plain data, in the form that interfaces promise."""

from __future__ import annotations

from typing import Any

from topology import document
from topology.intake import caching, demand
from topology.intake.demand import workload_of
from topology.intake.facts import facts_of
from topology.intake.reading import LogReading
from topology.intake.response_times import response_times, sentences
from topology.workload import Workload


def facts_document(reading: LogReading) -> dict[str, Any]:
    """The facts alone; what the log cannot tell is None."""
    return facts_of(reading)


def answer_of(reading: LogReading, workload: Workload | None = None) -> dict[str, Any]:
    """Facts, workload, pages worth caching, rejected lines (a count and masked samples) and notes.

    The workload is worked out without an answer to how busy the server was, unless one is given.
    What is without robots is of people alone, None where the log does not tell robots or has none.
    """
    found, people = response_times(reading.tally.times), demand.people_of(reading)
    return {
        "facts": facts_of(reading),
        "workload": document.to_data(workload or workload_of(reading)),
        "workload_without_robots": None if people is None else document.to_data(people[0]),
        "peak_hour_without_robots": None if people is None else people[1],
        "worth_caching": caching.worth_caching(reading.tally),
        "rejected": {"count": reading.lines.failed, "samples": list(reading.lines.samples)},
        "notes": [
            *reading.notes,
            *demand.sentences(reading),
            *caching.sentences(reading.tally),
            *sentences(found),
        ],
    }
