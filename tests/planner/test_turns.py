"""Of those who write at once on SQLite, each gets its turn; elsewhere nobody waits here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection, transaction

from planner.turns import in_turn

TRY = """
import fcntl, sys
with open(sys.argv[1], "w") as file:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(7)
"""


def tried() -> int:
    """Whether another process would have to wait: 7 where it would."""
    path = f"{connection.settings_dict['NAME']}.turn"
    return subprocess.run([sys.executable, "-c", TRY, path], env=dict(os.environ), check=False).returncode


@pytest.mark.django_db(transaction=True)
def test_others_wait_until_the_turn_is_over() -> None:
    is_file = connection.vendor == "sqlite"  # PostgreSQL has those who wait in a queue of its own
    with in_turn():
        during = tried() if is_file else 7

    assert (during, tried() if is_file else 0) == (7, 0)


@pytest.mark.django_db(transaction=True)
def test_who_is_in_a_transaction_has_had_their_turn() -> None:
    with transaction.atomic(), in_turn():
        assert connection.vendor != "sqlite" or tried() == 0


@pytest.mark.django_db(transaction=True)
def test_a_turn_ends_with_what_it_was_for() -> None:
    with pytest.raises(ZeroDivisionError), in_turn():
        _ = 1 / 0

    assert connection.vendor != "sqlite" or tried() == 0


def test_a_database_without_a_file_has_no_turns(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "none"))

    with in_turn():
        pass

    assert list(tmp_path.iterdir()) == []
