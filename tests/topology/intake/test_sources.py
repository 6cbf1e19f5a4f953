"""Files that are no logs, logs that are damaged, and logs that are too large: each a sentence with the way out."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topology.intake import Log, LogRefused, LogTooLarge, read_logs, sources

LINE = b'192.0.2.1 - - [10/Feb/2012:16:42:07 -0500] "GET / HTTP/1.1" 200 368\n'


def read(folder: Path, content: bytes, limit: int | None = sources.MAX_LOG_BYTES) -> tuple[int, int, int, int]:
    """Lines, parsed, failed and blank of a file with this content."""
    (folder / "log").write_bytes(content)
    reading = read_logs([folder / "log"], limit_bytes=limit)
    return reading.lines.read, reading.tally.parsed, reading.lines.failed, reading.lines.blank


def zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("access.log", LINE)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "this log is empty"),
        (gzip.compress(b"", mtime=0), "this log is empty once unpacked"),
        (zipped(), "this is a zip archive, not an access log: unpack it"),
        (lzma.compress(LINE), "packed with xz.*xz -dk"),
        (b"\x28\xb5\x2f\xfd" + LINE, "zstd"),
        (LINE.decode().encode("utf-16"), "UTF-16.*iconv"),
        (b"\x7fELF" + bytes(100), "a program"),
        (bytes(range(32)) * 50, "a binary file"),
        (b"SQLite format 3\0" + bytes(100), "an SQLite database"),
        (b"\0" * 5000, "no line of its beginning"),
        (b"\n\n  \n", "no line of its beginning"),
        (b"hello\nworld\n", "no line of its beginning .* give the access log of the web server"),
        (b"2019/01/22 03:56:14 [error] 1#1: *5 open() failed\n", "an nginx error log"),
        (b"[Wed Oct 11 14:32:52 2000] [error] [client 192.0.2.1] denied\n", "an Apache error log"),
        (b'[10/Feb/2012 16:42:07] "GET / HTTP/1.1" 200 368\n', "the output of Django's runserver"),
        (b"1286536309.586    921 192.0.2.1 TCP_MISS/200 507 GET http://e.com/ - DIRECT/192.0.2.2 text/html\n", "Squid"),
        (b"h haproxy[1]: 192.0.2.1:3317 [06/Feb/2009:12:12:09.540] in out/s1 0/1/5007 212 -- 0/0/0\n", "HAProxy TCP"),
        (b"Feb  6 12:12:09 h sshd[1]: Accepted publickey\n", "a syslog file"),
        (b"<!doctype html>\n<p>\n", "an HTML page"),
        (b'{"level":"info","msg":"started"}\n', "a file of JSON without requests"),
        (b"#Fields: date time cs-uri-stem\n2012-02-10 16:42:07 /\n", "W3C extended log without the columns"),
        (b"x" * (10 << 20), "no line of its beginning"),
    ],
)  # fmt: skip
def test_what_is_no_access_log_is_refused_by_name(content: bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(LogRefused, match=says) as refusal:
        read(tmp_path, content)
    assert refusal.value.place.file == str(tmp_path / "log")


def test_what_cannot_be_opened_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LogRefused, match="this is a directory"):
        read_logs([tmp_path])
    with pytest.raises(LogRefused, match="there is no such file"):
        read_logs([tmp_path / "none"])
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(LogRefused, match=r"may not be read; give the account .* read access"):
        read_logs([tmp_path / "log"])


def refuse(*_: object, **__: object) -> None:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize("packed", [gzip.compress(LINE * 2000, mtime=0), bz2.compress(LINE * 2000)])
def test_packed_logs_are_unpacked_and_damaged_ones_refused(packed: bytes, tmp_path: Path) -> None:
    assert read(tmp_path, packed) == (2000, 2000, 0, 0)
    assert read(tmp_path, packed + packed) == (4000, 4000, 0, 0)
    with pytest.raises(LogRefused, match="its packed data ends early; copy the file again"):
        read(tmp_path, packed[:-20])
    with pytest.raises(LogRefused, match="its packed data is damaged"):
        read(tmp_path, packed[:30] + b"\xff\xfe\x01" + packed[33:])


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_bomb_is_stopped_in_little_memory(pack: object, tmp_path: Path) -> None:
    bomb = pack(LINE + b"\0" * (64 << 20))  # type: ignore[operator]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(LogTooLarge, match=r"holds more than 1,000,000 bytes once unpacked; .*manage\.py intake"):
        read(tmp_path, bomb, limit=1_000_000)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_without_a_limit_a_bomb_is_known_by_its_ratio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_LOG_BYTES", 1 << 20)

    with pytest.raises(LogTooLarge, match="unpacks to more than 100 times its size"):
        read(tmp_path, gzip.compress(LINE + b"\0" * (16 << 20)), limit=None)
    assert read(tmp_path, LINE * 40_000, limit=None)[1] == 40_000


def test_a_plain_log_past_the_limit_is_refused_and_one_at_the_limit_is_not(tmp_path: Path) -> None:
    assert read(tmp_path, LINE * 10, limit=len(LINE) * 10)[1] == 10
    with pytest.raises(LogTooLarge):
        read(tmp_path, LINE * 10, limit=len(LINE) * 10 - 1)


def test_marks_of_editors_and_of_rotation_are_passed_over(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbf" + LINE) == (1, 1, 0, 0)
    assert read(tmp_path, b"\0" * 4096 + LINE * 2) == (2, 2, 0, 0)
    assert read(tmp_path, LINE.replace(b"\n", b"\r\n") + b"\r\n \t\n" + LINE[:-1]) == (4, 2, 0, 2)


def test_long_lines_are_read_and_endless_ones_counted(tmp_path: Path) -> None:
    long = LINE.replace(b"GET /", b"GET /" + b"a" * 100_000)
    endless = b"b" * (sources.LONGEST_LINE + 10) + b"\n"
    longer = b"c" * (3 * sources.BLOCK_BYTES) + b"\n"

    assert read(tmp_path, LINE + long + LINE) == (3, 3, 0, 0)
    assert read(tmp_path, LINE + endless + LINE + longer + LINE + longer[:-1]) == (6, 3, 3, 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 70).map(lambda n: b"x" * n), max_size=30), st.integers(1, 40), st.booleans())
def test_blocks_hold_every_line_once_whatever_their_size(lines: list[bytes], size: int, ended: bool) -> None:
    content = b"\n".join(lines) + (b"\n" if ended else b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "BLOCK_BYTES", size)
        patch.setattr(sources, "LONGEST_LINE", 50)
        stream = io.BufferedReader(io.BytesIO(content))
        log = Log(name="log")
        blocks = [(bytes(b.data), b.overlong) for b in sources.blocks_of(log, stream, limit_bytes=None)]

    kept = [line for data, _ in blocks for line in data.removesuffix(b"\n").split(b"\n") if data]
    overlong = sum(count for _, count in blocks)
    expected = content.removesuffix(b"\n").split(b"\n") if content else []
    assert len(kept) + overlong == len(expected)
    assert [line for line in kept if len(line) <= 50] == [line for line in expected if len(line) <= 50]


def test_progress_ends_at_the_bytes_stored(tmp_path: Path) -> None:
    packed = gzip.compress(LINE * 100_000)
    (tmp_path / "log").write_bytes(packed)
    seen: list[tuple[int, int]] = []

    read_logs([tmp_path / "log"], progress=lambda done, total: seen.append((done, total)))

    assert seen[-1] == (len(packed), len(packed))
    assert seen == sorted(seen)


def test_a_stream_is_read_as_a_file_is() -> None:
    reading = read_logs([Log(name="upload", stream=io.BytesIO(LINE * 5), size=None)])

    assert (reading.tally.parsed, reading.names) == (5, ["upload"])


def test_the_front_door_alone_loads_neither_numpy_nor_numba() -> None:
    code = "import sys, topology.intake; print('numpy' in sys.modules, 'numba' in sys.modules)"

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.split() == ["False", "False"]
