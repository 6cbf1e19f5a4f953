"""Starts the reading of logs beside the pages: a process of its own reads, and the database says how far it is."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from planner.models import KEPT_FOR, Reading
from planner.uploads import Received, discard, sweep


def begin(received: Received, *, names: list[str], month: str = "") -> Reading:
    """Start to read what was received; the reading says how far it is."""
    sweep()
    Reading.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    reading = Reading.objects.create(names=names, month=month, bytes_total=received.size)
    try:
        process = subprocess.Popen(
            [sys.executable, settings.BASE_DIR / "manage.py", "read_upload", str(reading.pk), str(received.folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(received.lock,),
        )
    except BaseException:
        discard(received.folder)
        raise
    finally:
        received.let_go()
    threading.Thread(target=_see_off, args=(process, received.folder), daemon=True).start()
    return reading


def _see_off(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait for a reader to end, and make sure that the logs end with it, even if it was killed."""
    process.wait()
    discard(folder)
