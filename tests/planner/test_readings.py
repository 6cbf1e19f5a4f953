"""A log is read by a process beside the pages, and is gone afterwards, whatever happened to the reader."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from planner import readings, uploads
from planner.models import KEPT_FOR, LOST_AFTER, Reading
from planner.reader import read
from tests.planner.conftest import Wait

LINE = b'192.0.2.7 - - [17/May/2026:10:%02d:%02d +0000] "GET /page/%d?token=secret HTTP/1.1" 200 5120 "-" "curl"\n'
LOG = b"".join(LINE % (second // 60, second % 60, second) for second in range(0, 3600, 7))


def begun(log: bytes = LOG, name: str = "access.log") -> Reading:
    return readings.begin(uploads.receive([], log), names=[name])


def test_a_log_becomes_an_answer_and_is_deleted(readers: Wait) -> None:
    reading = readers(begun())

    assert reading.state == Reading.State.DONE
    assert reading.answer is not None
    assert reading.answer["facts"]["parsed"] == LOG.count(b"\n")
    assert reading.bytes_read == reading.bytes_total == len(LOG)
    assert _left() == []


def test_nothing_of_anybody_is_kept(readers: Wait) -> None:
    reading = readers(begun(LOG + b"198.51.100.9 broken ?key=hunter2\n"))

    kept = str(reading.answer)
    assert [word for word in ("192.0.2.7", "198.51.100.9", "hunter2", "secret", "/page/") if word in kept] == []


@pytest.mark.parametrize(
    ("log", "says"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "not an access log"),
        (b"nothing here\n" * 50, "no line"),
        (b"\x1f\x8b\x08\x00broken", "access.log"),
    ],
)
def test_what_is_no_log_is_refused_with_a_sentence(log: bytes, says: str, readers: Wait) -> None:
    reading = readers(begun(log))

    assert (reading.state, reading.refusal_status) == (Reading.State.REFUSED, 422)
    assert says in reading.refusal
    assert reading.answer is None
    assert _left() == []


def test_a_log_that_unpacks_beyond_the_limit_is_refused(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gzip

    monkeypatch.setattr(settings, "MAX_LOG_BYTES", 1 << 20)
    reading, folder = _by_hand(gzip.compress(LOG * 40))

    read(reading, folder)

    reading.refresh_from_db()
    assert (reading.state, reading.refusal_status) == (Reading.State.REFUSED, 413)
    assert not folder.exists()


def test_a_fault_of_ours_is_said_to_be_one(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("planner.reader.read_logs", fail)
    reading, folder = _by_hand(LOG)

    with pytest.raises(ZeroDivisionError):
        read(reading, folder)

    reading.refresh_from_db()
    assert (reading.state, reading.refusal_status) == (Reading.State.REFUSED, 500)
    assert "fault of Tierwright" in reading.refusal
    assert not folder.exists()


def test_a_killed_reader_leaves_no_log_and_its_reading_is_lost(readers: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    start = subprocess.Popen

    def start_and_kill(*args: Any, **kwargs: Any) -> subprocess.Popen[bytes]:
        process = start(*args, **kwargs)
        os.kill(process.pid, signal.SIGKILL)
        killed.append(process.pid)
        return process

    monkeypatch.setattr(subprocess, "Popen", start_and_kill)

    reading = begun()

    assert killed
    assert reading.is_running
    reading.seen_at = timezone.now() - LOST_AFTER * 1.1
    reading.save()
    assert (reading.is_running, reading.is_lost) == (False, True)


def test_old_readings_are_forgotten(readers: Wait) -> None:
    old = Reading.objects.create(names=["old.log"], bytes_total=1, state=Reading.State.DONE, answer={})
    Reading.objects.filter(pk=old.pk).update(created_at=timezone.now() - KEPT_FOR * 1.1)

    readers(begun())

    assert not Reading.objects.filter(pk=old.pk).exists()


def _by_hand(log: bytes) -> tuple[Reading, Path]:
    """What the reader's process is given."""
    received = uploads.receive([], log)
    received.let_go()
    return Reading.objects.create(names=["access.log"], bytes_total=received.size), received.folder


def _left() -> list[Path]:
    return list(Path(settings.FILE_UPLOAD_TEMP_DIR).glob("log-*/*"))


def test_the_reader_uses_the_database_of_the_site(readers: Wait) -> None:
    assert str(connection.settings_dict["NAME"]) in os.environ["DATABASE_URL"].replace("%2F", "/")
