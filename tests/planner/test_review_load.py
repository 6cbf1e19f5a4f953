"""Review under load in short: a small site on SQLite, twenty seconds; `bin/evidence` has the long form."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.evidence.review_load import Load, run

pytestmark = pytest.mark.slow

SHORT = Load(
    size="small", people=6, seconds=20.0, think=(0.2, 0.8), warm=5.0, most_people=3, most_seconds=3.0
)  # fmt: skip


def test_people_who_review_at_once_meet_no_fault_and_lose_nothing(tmp_path: Path) -> None:
    found = run(SHORT, f"sqlite:///{tmp_path / 'db.sqlite3'}")

    assert found.faults == []
    assert found.missing == []
    assert len(found.record.marks) > 0
    assert "break" not in found.history
    assert {click.kind for click in found.record.clicks} == {"read", "preview", "write"}
