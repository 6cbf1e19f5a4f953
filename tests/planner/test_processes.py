"""Work beside the pages is seen off, whatever ended it, and says that it lives for as long as it does."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import SimpleQueue

import pytest
from django.db import DatabaseError
from pytest_django.fixtures import Settings

from planner import processes

WAIT_SECONDS = 60
"""A process or a beat that takes so long has hung."""


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("import sys; sys.exit(sys.argv[1:] != ['read', 'it'])", 0),
        ("import sys; sys.exit(3)", 3),
        ("import os; os.kill(os.getpid(), 9)", -9),
    ],
)
def test_the_end_of_a_process_is_told_with_its_status(
    program: str, status: int, tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "manage.py").write_text(program, encoding="utf-8")
    settings.BASE_DIR = tmp_path
    ended: SimpleQueue[int] = SimpleQueue()

    processes.start("read", "it", ended=ended.put)

    assert ended.get(timeout=WAIT_SECONDS) == status


def test_beats_go_on_after_one_that_the_database_refused() -> None:
    beats: list[int] = []
    enough = threading.Event()

    def beat() -> None:
        beats.append(1)
        if len(beats) == 1:
            raise DatabaseError("database is locked")
        enough.set()

    with processes.beating(beat, seconds=0.001):
        assert enough.wait(WAIT_SECONDS)

    assert len(beats) >= 2
    assert "beat" not in [thread.name for thread in threading.enumerate()]
