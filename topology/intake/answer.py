"""The answer of intake as plain data, in the form that interfaces promise."""

from __future__ import annotations

from typing import Any

from topology import document
from topology.intake import caching, demand
from topology.intake.arrivals import arrivals_of
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
    `workload_without_robots` is that of people alone, None where the log does not tell robots or has none.
    """
    found = response_times(reading.tally.times)
    return {
        "facts": facts_of(reading),
        "workload": document.to_data(workload or workload_of(reading)),
        "workload_without_robots": _of_people(reading),
        "worth_caching": caching.worth_caching(reading.tally),
        "rejected": {"count": reading.lines.failed, "samples": list(reading.lines.samples)},
        "notes": [
            *reading.notes,
            *demand.sentences(reading),
            *caching.sentences(reading.tally),
            *sentences(found),
        ],
    }


def _of_people(reading: LogReading) -> dict[str, Any] | None:
    tally = reading.tally
    told = tally.described and tally.bots and arrivals_of(tally, robots=False).seconds.size
    return document.to_data(workload_of(reading, robots=False)) if told else None
