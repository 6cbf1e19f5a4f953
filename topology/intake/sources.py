"""Where a log comes from: a file or a stream, plain or packed, read in blocks of whole lines under a limit."""

from __future__ import annotations

import bz2
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from topology.intake.refusal import LogRefused, LogTooLarge
from topology.intake.strangers import name_of_file

GIB = 1 << 30
MAX_LOG_BYTES = GIB
"""The default limit of one log, before and after unpacking."""
BLOCK_BYTES = 4 << 20
MOST_UNPACKED = 100
LONGEST_LINE = 1 << 20
"""A longer line is counted as one that cannot be read, and is not held in memory."""

Progress = Callable[[int, int], None]
"""Called with the bytes read so far and the bytes there are, both as stored."""


class Readable(Protocol):
    """What a log is read from; an uploaded file will do."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, kw_only=True)
class Log:
    """A log under its name: either a path or an open binary stream."""

    name: str
    path: Path | None = None
    stream: Readable | None = None
    size: int | None = None
    """Bytes as stored, where known; needed for progress alone."""


@dataclass
class _Counted(io.RawIOBase):
    """A stream that counts what is taken from it, so that progress is that of the stored file."""

    inner: Readable
    tell_read: Callable[[int], None]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object, /) -> int:
        view = memoryview(cast(bytearray, buffer))
        if isinstance(self.inner, io.FileIO):
            count = self.inner.readinto(view) or 0
        else:
            data = self.inner.read(len(view))
            count = len(data)
            view[:count] = data
        self.tell_read(count)
        return count


def log_of(source: Path | Log) -> Log:
    """The log of a path; a log stays as it is."""
    if isinstance(source, Log):
        return source
    try:
        size = source.stat().st_size
    except OSError:
        size = None
    return Log(name=str(source), path=source, size=size)


@contextmanager
def open_log(log: Log, *, tell_read: Callable[[int], None]) -> Iterator[BinaryIO]:
    """The log's bytes, unpacked."""
    with _opened(log) as stream:
        raw = io.BufferedReader(_Counted(stream, tell_read), 1 << 18)
        head = raw.peek(512)[:512]
        if not head:
            raise LogRefused("this log is empty; give one with at least a day of requests", file=log.name)
        known = name_of_file(head)
        if known is not None and not _is_packed(head):
            raise LogRefused(f"this is {known[0]}, not an access log: {known[1]}", file=log.name)
        yield _unpacked(cast(BinaryIO, raw), head)


def _is_packed(head: bytes) -> bool:
    return head.startswith((b"\x1f\x8b", b"BZh"))


def _unpacked(raw: BinaryIO, head: bytes) -> BinaryIO:
    if head.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw, mode="rb"))
    return cast(BinaryIO, bz2.BZ2File(raw, "rb")) if head.startswith(b"BZh") else raw


@contextmanager
def _opened(log: Log) -> Iterator[Readable]:
    if log.stream is not None:
        yield log.stream
        return
    if log.path is None:
        raise ValueError("a log needs a path or a stream")
    try:
        stream = log.path.open("rb", buffering=0)
    except OSError as error:
        raise LogRefused(_why_unopened(error), file=log.name) from None
    with stream:
        yield cast(Readable, stream)


def _why_unopened(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file; check the path"
    if isinstance(error, IsADirectoryError):
        return "this is a directory; give the log files in it"
    if isinstance(error, PermissionError):
        return "this file may not be read; give the account that runs this command read access (group adm on Debian)"
    return f"this file cannot be read: {error.strerror or error}"


@dataclass(frozen=True)
class Block:
    """Whole lines, the last perhaps without its newline, and how many were too long to hold.

    The data is valid until the next block is asked for: one buffer serves the whole log.
    """

    data: memoryview
    overlong: int = 0


def blocks_of(log: Log, stream: BinaryIO, *, limit_bytes: int | None) -> Iterator[Block]:
    """The log in blocks of whole lines; LogTooLarge past the limit, LogRefused where unpacking fails.

    Without a limit a packed log may still not unpack to more than a hundred times its size (and 1 GiB).
    """
    buffer = bytearray(LONGEST_LINE + BLOCK_BYTES)
    view, taken, held, skipping = memoryview(buffer), 0, 0, False
    while count := _read_into(log, stream, view[held : held + BLOCK_BYTES]):
        taken, held, begin = taken + count, held + count, 0
        _check_size(log, stream, taken, limit_bytes)
        if skipping:  # within a line that is counted already
            begin = buffer.find(b"\n", 0, held) + 1
            if not begin:
                held = 0
                continue
        end = max(begin, buffer.rfind(b"\n", begin, held) + 1)
        skipping = held - end > LONGEST_LINE
        if end > begin or skipping:
            yield Block(view[begin:end], overlong=int(skipping))
        rest = 0 if skipping else held - end
        view[:rest] = view[end : end + rest]
        held = rest
    if held:
        yield Block(view[:held])


def _check_size(log: Log, stream: BinaryIO, taken: int, limit_bytes: int | None) -> None:
    if limit_bytes is not None and taken > limit_bytes:
        raise _too_large(log, limit_bytes)
    packed = isinstance(stream, gzip.GzipFile | bz2.BZ2File)
    if limit_bytes is None and packed and taken > max(MAX_LOG_BYTES, MOST_UNPACKED * (log.size or 0)):
        raise LogTooLarge(
            f"this unpacks to more than {MOST_UNPACKED} times its size, which no log does; unpack it yourself if you"
            " trust it",
            file=log.name,
        )


def _read_into(log: Log, stream: BinaryIO, view: memoryview) -> int:
    try:
        return cast(io.BufferedReader, stream).readinto(view)
    except EOFError:
        raise LogRefused("its packed data ends early; copy the file again, whole", file=log.name) from None
    except (OSError, zlib.error, ValueError) as error:
        reason = _reason(error)
        raise LogRefused(f"it cannot be read to its end ({reason}); copy the file again", file=log.name) from None


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return error.strerror or "input error"
    return "its packed data is damaged"


def _too_large(log: Log, limit_bytes: int) -> LogTooLarge:
    size = f"{limit_bytes / GIB:g} GiB" if limit_bytes >= GIB / 10 else f"{limit_bytes:,} bytes"
    return LogTooLarge(
        f"this log holds more than {size} once unpacked; give a part of it with its busiest days, read it with"
        " `python manage.py intake` where the file is, or raise MAX_LOG_BYTES",
        file=log.name,
    )
