"""W3C extended logs, whose `#Fields` line names their columns: IIS and Amazon CloudFront among them.

Sources: W3C working draft WD-logfile-960323; Microsoft, "W3C Logging" (time-taken in milliseconds); AWS, "Standard
log file fields" (time-taken in seconds).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from topology.intake import clock
from topology.intake.format import Format, Reader
from topology.intake.hits import DASH, NOT_LOGGED, Hit, Miss, read_seconds, read_size, read_status
from topology.intake.requests import is_bot, request_of

_COLUMNS = {b"date-local": b"date", b"time-local": b"time", b"timetakenms": b"time-taken-ms"}
_NEEDED = (b"date", b"time", b"cs-method", b"cs-uri-stem", b"sc-status")
_WORD = re.compile(rb'"[^"]*"|[^\s"]\S*')


@dataclass
class _Columns:
    """The columns in force: a log may change them on the way."""

    names: list[bytes] = field(default_factory=list)
    software: bytes = b""

    def direct(self, line: bytes) -> None:
        """Take a line that begins with #."""
        key, _, rest = line[1:].partition(b":")
        if key.strip() == b"Software":
            self.software = rest.strip().lower()
        if key.strip() == b"Fields":
            names = [name.lower() for name in rest.split()]
            self.names = [_COLUMNS.get(name, name) for name in names]

    def read(self, line: bytes) -> Hit | Miss:
        """One line."""
        if line.startswith(b"#"):
            self.direct(line)
            return Miss.OTHER
        if not all(name in self.names for name in _NEEDED):
            return Miss.OTHER
        words = line.split(b"\t") if b"\t" in line else _WORD.findall(line)
        if len(words) < len(self.names):
            return Miss.FAILED
        return self._hit({name: word.strip(b'"') for name, word in zip(self.names, words, strict=False)})

    def _hit(self, row: dict[bytes, bytes]) -> Hit | Miss:
        when = clock.read_iso(row[b"date"] + b" " + row[b"time"])
        status = read_status(row[b"sc-status"])
        if when is None or status is None:
            return Miss.FAILED
        size = read_size(row[b"sc-bytes"]) if b"sc-bytes" in row else NOT_LOGGED
        return Hit(
            when[0],
            row.get(b"c-ip"),
            request_of(row[b"cs-method"], row[b"cs-uri-stem"]),
            status,
            DASH if size is None else size,
            self._micros(row),
            b"",
            is_bot(row.get(b"cs(user-agent)")),
        )

    def _micros(self, row: dict[bytes, bytes]) -> int:
        if b"time-taken-ms" in row:
            return read_seconds(row[b"time-taken-ms"], 1000)
        if b"time-taken" not in row:
            return NOT_LOGGED
        if b"internet information services" in self.software:
            return read_seconds(row[b"time-taken"], 1000)
        # CloudFront writes seconds with a point; whose unit is not known is left out.
        return read_seconds(row[b"time-taken"]) if b"." in row[b"time-taken"] else NOT_LOGGED


def open_w3c(sample: Sequence[bytes]) -> Reader:
    """A reader that follows the log's own `#Fields` lines."""
    columns = _Columns()
    local = any(b"date-local" in line.lower() for line in sample if line.startswith(b"#Fields"))
    notes = () if local else ("Times in a W3C extended log are those of UTC.",)
    return Reader(title="W3C extended", line=columns.read, notes=notes)


W3C = Format(name="w3c", open=open_w3c)
