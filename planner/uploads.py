"""Receives logs: streamed to files that only the reader sees, and gone when it is done, or when it dies."""

from __future__ import annotations

import codecs
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse

from planner.errors import Problem, refuse

ROOM_FOR_THE_FORM = 16 << 20
"""Bytes that a form may add around its files."""
_CHUNK = 1 << 20
_PREFIX = "log-"
_SETTLING_SECONDS = 60
"""A folder this young may not have its lock yet."""
_STALLED_SECONDS = 3600
"""A file that the browser is still sending grows; one that has not grown for so long is left over."""


@dataclass(frozen=True, kw_only=True)
class Received:
    """Logs in a folder of their own. The folder is locked for as long as anybody still needs it."""

    folder: Path
    lock: int
    """An open descriptor: the lock ends when its last holder closes it or dies."""
    size: int
    """Bytes of all logs together."""

    def let_go(self) -> None:
        """Close this process's hold; a reader that inherited the descriptor keeps its own."""
        os.close(self.lock)


def receive(uploads: Iterable[UploadedFile[Any]], text: bytes = b"") -> Received:
    """Move uploaded files, and pasted text as one more, into a new locked folder."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=settings.FILE_UPLOAD_TEMP_DIR))
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    if text:
        _file(folder).write_bytes(text)
    for upload in uploads:
        _take(upload, _file(folder))
    return Received(folder=folder, lock=lock, size=sum(path.stat().st_size for path in folder.iterdir()))


def discard(folder: Path) -> None:
    """Delete a folder of logs and everything in it."""
    shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Delete what dead readers and broken-off uploads left behind; what is in use is locked or still growing."""
    now = time.time()
    for path in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir():
        try:
            age = now - path.stat().st_mtime
        except FileNotFoundError:
            continue  # its reader was faster
        if path.is_dir():
            _sweep_folder(path, age)
        elif age > _STALLED_SECONDS:
            path.unlink(missing_ok=True)


def _sweep_folder(folder: Path, age: float) -> None:
    if not folder.name.startswith(_PREFIX) or age < _SETTLING_SECONDS:
        return
    try:
        lock = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return  # its reader was faster
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        discard(folder)
    except BlockingIOError:
        pass  # its reader lives
    finally:
        os.close(lock)


def _file(folder: Path) -> Path:
    """The next file: numbered, so that no name of a person reaches the disk."""
    return folder / f"{len(list(folder.iterdir())) + 1:02}"


def _take(upload: UploadedFile[Any], target: Path) -> None:
    """Move the file where it is on disk already, else copy it."""
    path = getattr(upload, "temporary_file_path", None)
    if path is not None:
        os.rename(path(), target)
        upload.close()
        return
    with target.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)


def refuse_oversized(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: 413 for a body that says it is larger than MAX_LOG_BYTES and its form."""

    def answer(request: HttpRequest) -> HttpResponse:
        length = _content_length(request)
        if length <= settings.MAX_LOG_BYTES + ROOM_FOR_THE_FORM:
            return get_response(request)
        _read_away(request, length)
        return refuse(request, too_large())

    return answer


def refuse_other_encodings(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: 400 for a request in another encoding than UTF-8, of which some spell what no text may hold."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.encoding is None or codecs.lookup(request.encoding).name == "utf-8":
            return get_response(request)
        says = "This site reads UTF-8 alone. Send it again in that encoding, which is what every browser does."
        return refuse(request, Problem(status=400, title="This encoding is not read here", says=says))

    return answer


def too_large() -> Problem:
    """The problem of a log that is too large for the browser, with the command that has no limit."""
    return Problem(
        status=413,
        title="This log is too large for the browser",
        says=f"It is more than the {limit_text()} that the site reads at once. Read it on the command line instead,"
        " where there is no limit, and give the workload that comes out to the planning commands:",
        command="python manage.py intake access.log -o workload.yaml",
    )


def limit_text() -> str:
    """The limit as a person would say it: 1 GiB, 200 MiB."""
    mib = settings.MAX_LOG_BYTES / (1 << 20)
    return f"{mib / 1024:,.3g} GiB" if mib >= 1024 else f"{mib:,.3g} MiB"


def _content_length(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isascii() and said.isdigit() else 0


def _read_away(request: HttpRequest, length: int) -> None:
    """Take in what the browser is already sending, so that it reads the answer and not a reset connection."""
    left = min(length, 4 * settings.MAX_LOG_BYTES)
    while left > 0 and (chunk := request.read(min(left, _CHUNK))):
        left -= len(chunk)
