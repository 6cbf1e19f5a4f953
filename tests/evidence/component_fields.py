"""Values of every kind through every setting of every component are refused, or change no structure of any file."""

from __future__ import annotations

from tests.evidence import Evidence
from tests.topology.components.fuzzing import slots, try_slot

ISSUE = 3
COUNT = 100_000
SEED = 3


def measure(count: int = COUNT) -> Evidence:
    """Try `count` values, spread over every setting."""
    share = -(-count // len(slots()))
    tallies = [try_slot(slot, share, seed=SEED) for slot in slots()]
    counts = [(tally.tried, tally.refused, tally.accepted, len(tally.faults)) for tally in tallies]
    rows = tuple((tally.slot, *count) for tally, count in zip(tallies, counts, strict=True))
    total = ("all", *(sum(column) for column in zip(*counts, strict=True)))
    return Evidence(
        title="Values of any kind in any setting",
        command="bin/evidence 3 --only component_fields",
        passed=not any(tally.faults for tally in tallies),
        columns=("setting", "values", "refused in a sentence", "accepted", "tracebacks or changed structures"),
        rows=(*rows, total),
        text=(
            "Numbers at and beyond every bound, hostile and random words, lists, and things of other types are written"
            " into a good case of the component. An accepted one is rendered through every component of the plan: all"
            " characters must be printable, and an accepted word may not add a piece to any file beside a harmless one."
        ),
    )
