"""A backup is made while people write, and restored on a fresh database: its history is whole, nothing is lost."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from tests.evidence.faults._outcome import Outcome
from tests.load.people import VirtualPerson
from tests.load.scene import Prepared, desk_says, is_whole, scene, sqlite_in
from tests.load.site import manage, variables_of


def _write(person: VirtualPerson, writes: int) -> None:
    for _ in range(writes):
        person.comment()


def drill(data: Prepared, folder: Path, *, writes: int = 20) -> Outcome:
    """SQLite's own online backup."""
    restored = folder.with_name(f"{folder.name}-restored")
    restored.mkdir()
    with scene(data, folder) as found:
        person, other = found.person("before"), found.person("during", seed=2)
        for _ in range(writes // 2):
            person.comment()
        writing = threading.Thread(target=_write, args=(other, writes))
        writing.start()
        with closing(found.database()) as source, closing(sqlite3.connect(restored / "db.sqlite3")) as target:
            source.backup(target, pages=50, sleep=0.01)
        writing.join(timeout=300)
    variables = variables_of(restored, sqlite_in(restored))
    missing = desk_says(variables, "look", given=person.record.marks)
    history = manage(variables, "verify_history", check=False).stdout.strip()
    return Outcome(
        fault="backup restored (SQLite)",
        did=f"online backup while {writes} comments are written, opened as a fresh database",
        found=(
            f"{len(person.record.marks)} writes were acknowledged before, {len(missing)} of them missing;"
            f" the history is {'whole' if is_whole(history) else 'NOT whole: ' + history}"
        ),
        passed=not missing and len(person.record.marks) > 0 and is_whole(history),
    )
