"""Logs and files of other kinds: known by name, not read, each with the way out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

OWN_LOG = "give the access log of the web server in front of the site"


@dataclass(frozen=True, kw_only=True)
class Stranger:
    """A kind of log that holds no requests that could be counted."""

    name: str
    pattern: re.Pattern[bytes]
    """Found in a line of it."""
    way_out: str = OWN_LOG


def _stranger(name: str, pattern: bytes, way_out: str = OWN_LOG) -> Stranger:
    return Stranger(name=name, pattern=re.compile(pattern, re.DOTALL), way_out=way_out)


_DATE = rb"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d"
_CLF_DATE = rb"\[\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]"

STRANGERS: tuple[Stranger, ...] = (
    _stranger(
        "an Amazon S3 access log", rb"^[0-9a-f]{40,64} \S+ " + _CLF_DATE + rb" \S+ \S+ \S+ (REST|WEBSITE|BATCH|SOAP)\."
    ),
    _stranger("a SHOUTcast log", rb"(?i)^#Software:\s*SHOUTcast"),
    _stranger("an Incapsula log", rb"(?i)^#Software:\s*Incapsula"),
    _stranger("an Amazon CloudFront streaming (RTMP) log", rb"^#Fields:.* x-cf-status"),
    _stranger(
        "a W3C extended log without the columns this needs",
        rb"^#(Fields|Software|Version):",
        "let the server log date, time, cs-method, cs-uri-stem and sc-status (sc-bytes, c-ip and time-taken help)",
    ),
    _stranger(
        "an HAProxy TCP log",
        rb":\d{1,5} \[\d\d/[A-Z][a-z][a-z]/\d{4}:[\d:.]{8,20}\] \S{1,200} [^\s/]{1,200}/\S{1,200}"
        rb" -?\d{1,9}/-?\d{1,9}/\+?\d{1,9} ",
        "it counts connections, not requests: set `option httplog` in HAProxy, or give the web server's own log",
    ),
    _stranger("an nginx error log", rb"^" + _DATE + rb" \[(debug|info|notice|warn|error|crit|alert|emerg)\] \d+#\d+:"),
    _stranger("an Apache error log", rb"^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:.]+ \d{4}\] \[[a-z0-9_:]+\] "),
    _stranger(
        "the output of Django's runserver",
        rb'^\[\d\d/[A-Z][a-z][a-z]/\d{4} \d\d:\d\d:\d\d\] "',
        "it serves one developer, not the public; " + OWN_LOG,
    ),
    _stranger("a Squid log in its own format", rb"^\d{9,10}\.\d{3} +\d+ \S+ (TCP|UDP|NONE)\w*/\d{3} "),
    _stranger(
        "a log in the common format with dates of its own",
        rb'^\S+ \S+ \S+ \[[^\]]{1,60}\] "[A-Z]+ \S+ HTTP/[\d.]+" \d{3} ',
        "let the server write the time as [10/Feb/2012:16:42:07 -0500] (`%t` in Apache, `$time_local` in nginx)",
    ),
    _stranger("a PostgreSQL log", rb"^" + _DATE + rb"(\.\d+)? \S+ .{0,40}(LOG|ERROR|FATAL|STATEMENT|HINT):  "),
    _stranger("a syslog file", rb"^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ [\w./-]+(\[\d+\])?: "),
    _stranger("a journal or syslog file", rb"^" + _DATE + rb"(\.\d+)?\S* \S+ [\w./-]+\[\d+\]: "),
    _stranger("an HTML page", rb"(?i)^\s*<(!doctype html|html|\?xml)"),
    _stranger("a file of JSON without requests", rb"^\s*[\[{]", "a line needs a time, a status and a request or uri"),
)

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a zip archive", "unpack it and give the log inside, or pack the log with gzip"),
    (b"PK\x05\x06", "an empty zip archive", "give the log itself"),
    (b"\xfd7zXZ\x00", "a file packed with xz", "unpack it with `xz -dk`, or pack it with gzip"),
    (b"\x28\xb5\x2f\xfd", "a file packed with zstd", "unpack it with `zstd -d`, or pack it with gzip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it and give the log inside"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it and give the log inside"),
    (b"\x1f\x9d", "a file packed with compress", "unpack it with `uncompress`, or pack it with gzip"),
    (b"\x04\x22\x4d\x18", "a file packed with lz4", "unpack it with `lz4 -d`, or pack it with gzip"),
    (b"\x7fELF", "a program", OWN_LOG),
    (b"MZ", "a Windows program", OWN_LOG),
    (b"\x89PNG", "a picture", OWN_LOG),
    (b"\xff\xd8\xff", "a picture", OWN_LOG),
    (b"GIF8", "a picture", OWN_LOG),
    (b"%PDF", "a PDF document", OWN_LOG),
    (b"SQLite format 3\x00", "an SQLite database", OWN_LOG),
    (b"LPKSHHRH", "a systemd journal", "write it out with `journalctl -o cat` first"),
    (b"\xff\xfe", "text in UTF-16", "turn it into UTF-8 with `iconv -f UTF-16 -t UTF-8`"),
    (b"\xfe\xff", "text in UTF-16", "turn it into UTF-8 with `iconv -f UTF-16 -t UTF-8`"),
)


def name_of_file(head: bytes) -> tuple[str, str] | None:
    """What a file is by its first bytes, and the way out, where it is no text."""
    known = next(((name, way_out) for magic, name, way_out in _MAGIC if head.startswith(magic)), None)
    if known is not None or not head:
        return known
    if head[257:262] == b"ustar":
        return "a tar archive", "unpack it and give the log inside"
    # Copying and truncating a log leaves noughts at its start, so those alone mean nothing.
    body = head.lstrip(b"\0")
    control = sum(byte < 9 or 13 < byte < 27 for byte in body[:4096])
    return ("a binary file", OWN_LOG) if control * 20 > len(body[:4096]) else None


def name_of_log(lines: Sequence[bytes]) -> Stranger | None:
    """The first kind, in the order above from particular to general, that a line is of."""
    beginnings = [line[:2000] for line in lines]
    return next((stranger for stranger in STRANGERS if any(map(stranger.pattern.search, beginnings))), None)
