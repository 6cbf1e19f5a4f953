"""Hostile strings through the names, domains and paths of a plan are refused, or change no structure of any file."""

from __future__ import annotations

from tests.evidence import Evidence
from tests.topology.bundles.hostile import SLOTS, Tally, try_slot
from topology.bundles import build, validate

ISSUE = 1
COUNT = 20_000
SEED = 1


def measure(count: int = COUNT) -> Evidence:
    """Try `count` strings, spread over every field whose value is written into files."""
    share = -(-count // len(SLOTS))
    tallies = [try_slot(slot, share, seed=SEED) for slot in SLOTS]
    rows = tuple(_row(tally) for tally in tallies)
    return Evidence(
        title="Hostile names change no file",
        command="bin/evidence 1 --only hostile_names",
        passed=all(row[4] == 0 and row[6] == 0 for row in rows),
        columns=(
            "field",
            "strings",
            "refused",
            "accepted",
            "structures changed",
            "files read back",
            "files refused by programs",
        ),
        rows=rows,
        text=(
            "Every accepted string is rendered through all components into the bundle of a plan with one server of"
            " every kind. Each file is read back by a parser that shares nothing with what wrote it (crossplane,"
            " Python's own, configparser, csv, a lexer for the rest) and compared, word by word, with the files of a"
            " harmless value: only the places of that value may differ. The first accepted values of each field are"
            " then checked by the real programs."
        ),
    )


def _row(tally: Tally) -> tuple[str, int, int, int, int, int, int]:
    refused = sum(len(validate(build(design)).refused) for design in tally.designs)
    return (tally.slot, tally.tried, tally.refused, tally.accepted, len(tally.changed), tally.files, refused)
