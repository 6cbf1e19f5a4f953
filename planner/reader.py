"""The reader: reads a log sent to the site, and says twice a second that it lives and how far it is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from planner.models import Reading
from planner.uploads import discard
from topology.intake import Log, LogRefused, LogTooLarge, answer_of, read_logs

_BEAT_SECONDS = 0.5


def read(reading: Reading, folder: Path) -> None:
    """Read the logs of a folder into a reading's answer or refusal, and delete them."""
    rows = Reading.objects.filter(pk=reading.pk)
    try:
        with _beating(reading) as tell:
            found = read_logs(
                [_log(path, name) for path, name in zip(sorted(folder.iterdir()), reading.names, strict=True)],
                month=reading.month or None,
                limit_bytes=settings.MAX_LOG_BYTES,
                progress=tell,
            )
            answer = answer_of(found)
        rows.update(state=Reading.State.DONE, answer=answer, bytes_read=reading.bytes_total)
    except LogRefused as error:
        status = 413 if isinstance(error, LogTooLarge) else 422
        rows.update(state=Reading.State.REFUSED, refusal=str(error), refusal_status=status)
    except Exception:
        rows.update(
            state=Reading.State.REFUSED,
            refusal="the reader failed on this log, which is a fault of Tierwright; the site's own log says where",
            refusal_status=500,
        )
        raise
    finally:
        discard(folder)


def _log(path: Path, name: str) -> Log:
    return Log(name=name, path=path, size=path.stat().st_size)


class _Beat:
    """How far the reader is, told by the reading and read by the thread that writes it down."""

    def __init__(self) -> None:
        self.bytes_read = 0
        self.over = threading.Event()

    def __call__(self, done: int, total: int) -> None:
        self.bytes_read = done


@contextmanager
def _beating(reading: Reading) -> Iterator[_Beat]:
    """Twice a second, say that the reader lives and how far it is."""
    beat = _Beat()
    thread = threading.Thread(target=_write_beats, args=(reading, beat), daemon=True)
    thread.start()
    try:
        yield beat
    finally:
        beat.over.set()
        thread.join()


def _write_beats(reading: Reading, beat: _Beat) -> None:
    rows = Reading.objects.filter(pk=reading.pk)
    try:
        while True:
            rows.update(state=Reading.State.READING, bytes_read=beat.bytes_read, seen_at=timezone.now())
            if beat.over.wait(_BEAT_SECONDS):
                return
    finally:
        connection.close()
