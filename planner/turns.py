"""Lets those who write at the same time go in turn on SQLite, whose own lock goes to whoever asks at a lucky moment."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


@contextmanager
def in_turn() -> Iterator[None]:
    """Around a transaction: wait for the others that came before.

    SQLite has those who wait look again every so often, and fails whoever was unlucky for 20 seconds. A lock of the
    system wakes them as soon as it is free, and is free as soon as a process ends, however it ends. PostgreSQL needs
    none of this: who waits for a row there waits in a queue.
    """
    path = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or connection.in_atomic_block or not path.is_file() or sys.platform == "win32":
        yield
        return
    import fcntl

    with path.with_name(f"{path.name}.turn").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
