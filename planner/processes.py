"""Work beside the pages: a process of its own runs a command of the site, and says while it works that it lives."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, connection


def start(*command: str, ended: Callable[[int], None] | None = None, pass_fds: Sequence[int] = ()) -> None:
    """Run `manage.py command` in a process of its own; once it has ended, `ended` gets its exit status."""
    process = subprocess.Popen(
        [sys.executable, settings.BASE_DIR / "manage.py", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=pass_fds,
    )
    threading.Thread(target=_see_off, args=(process, ended), daemon=True).start()


def _see_off(process: subprocess.Popen[bytes], ended: Callable[[int], None] | None) -> None:
    """Wait for a process, so that none is left behind as a zombie."""
    status = process.wait()
    if ended is None:
        return
    try:
        ended(status)
    finally:
        connection.close()


@contextmanager
def beating(beat: Callable[[], object], *, seconds: float) -> Iterator[None]:
    """While the work goes on, call `beat` every so many seconds: it writes into the database that the work lives."""
    over = threading.Event()
    thread = threading.Thread(target=_beat_until, args=(over, beat, seconds), name="beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat_until(over: threading.Event, beat: Callable[[], object], seconds: float) -> None:
    try:
        while not over.wait(seconds):
            try:
                beat()
            except DatabaseError:
                connection.close()  # the next beat may get through
    finally:
        connection.close()
