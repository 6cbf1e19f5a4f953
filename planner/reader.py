"""The reader: reads a log sent to the site, and says twice a second that it lives and how far it is."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils import timezone

from planner.models import Reading
from planner.processes import beating
from planner.uploads import discard
from topology.intake import Log, LogRefused, LogTooLarge, answer_of, read_logs

_BEAT_SECONDS = 0.5


def read(reading: Reading, folder: Path) -> None:
    """Read the logs of a folder into a reading's answer or refusal, and delete them."""
    rows = Reading.objects.filter(pk=reading.pk)
    bytes_read = 0

    def tell(done: int, total: int) -> None:
        nonlocal bytes_read
        bytes_read = done

    def beat() -> None:
        rows.update(state=Reading.State.READING, bytes_read=bytes_read, seen_at=timezone.now())

    try:
        beat()
        with beating(beat, seconds=_BEAT_SECONDS):
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
