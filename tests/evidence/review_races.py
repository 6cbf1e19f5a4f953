"""Nothing is lost, wrongly accepted or changed unseen, whoever is at it at once and whatever they have in hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from tests import postgresql
from tests.conftest import ROOT
from tests.evidence import Cell, Evidence
from tests.races import EDITS, FLIPS, PROCESSES, RACES

ISSUE = 4


def measure() -> Evidence:
    """Edits at once, edits against approvals, and flipped bits, on SQLite and on PostgreSQL."""
    found = [_on("")]
    with postgresql.server() as url:
        found.append(_on(url))
    return Evidence(
        title="Races on a proposal, and a history that was tampered with",
        command="bin/evidence 4 --only review_races",
        passed=all(_is_right(one) for one in found),
        columns=("database", "what", "tried", "outcome", "not as it should be"),
        rows=tuple(row for one in found for row in _rows(one)),
        text=(
            f"{PROCESSES} processes each try {EDITS} edits of one draft, each on the newest revision that it saw: an"
            " edit is saved, or it is a conflict that brings both versions back. A race is one person editing while"
            " another approves and accepts what they saw a moment ago; wrong would be an accepted design that nobody"
            " approved. A flip changes one bit of one value of a revision, an event, an approval or a comment, with"
            " the triggers of the database lifted, and `manage.py verify_history` is to find it; values that the"
            " database itself refuses are thrown again. Columns that only number the rows are left out."
        ),
    )


def _on(url: str) -> dict[str, Any]:
    """In a process of its own, whose settings name the database."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"DATABASE_URL": url} if url else {}
    said = subprocess.run(
        [sys.executable, "-m", "tests.races", str(EDITS), str(RACES), str(FLIPS)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True,
    ).stdout  # fmt: skip
    answer: dict[str, Any] = json.loads(said.splitlines()[-1])
    return answer


def _is_right(found: Mapping[str, Any]) -> bool:
    edits, races, flips = found["edits"], found["races"], found["flips"]
    return (
        edits["saved"] + edits["conflicts"] == edits["attempts"] == PROCESSES * EDITS
        and not any(edits[key] for key in ("errors", "lost", "gaps", "untold", "breaks"))
        and races["accepted"] + races["edit_first"] == races["races"] == RACES
        and not (races["wrong"] or races["errors"])
        and (flips["found"], flips["missed"]) == (FLIPS, 0)
    )


def _rows(found: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    database, edits, races, flips = (found[key] for key in ("database", "edits", "races", "flips"))
    saved = f"{edits['saved']} saved, {edits['conflicts']} conflicts"
    wrong = sum(edits[key] for key in ("errors", "lost", "gaps", "untold", "breaks"))
    yield database, f"edits of {PROCESSES} processes", edits["attempts"], saved, wrong
    outcome = f"{races['accepted']} accepted, in {races['edit_first']} the edit was first"
    yield database, "edit against approve and accept", races["races"], outcome, races["wrong"] + races["errors"]
    refused = f"{flips['found']} found, {flips['refused_by_the_database']} more refused by the database"
    yield database, "bits flipped by hand", flips["flips"], refused, flips["missed"]
