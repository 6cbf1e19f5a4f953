"""Labelled tab-separated values: `time:...<TAB>method:GET<TAB>uri:/`.

Source: ltsv.org, "Labels for Web server's Log"; the labels are those of JSON lines and a few more.
"""

from __future__ import annotations

from collections.abc import Sequence

from topology.intake.format import Format, Reader
from topology.intake.formats.json_lines import hit_of
from topology.intake.hits import Hit, Miss

_LABELS = {"req": "request", "reqtime": "request_time", "taken": "request_time", "host": "remote_addr", "reqsize": "in"}
_IN_MICROS = ("reqtime_microsec", "taken_microsec")


def read(line: bytes) -> Hit | Miss:
    """One line; a line with fewer than three labels is no request."""
    if line.count(b"\t") < 2:
        return Miss.OTHER
    fields: dict[str, object] = {}
    for pair in line.split(b"\t", 100):
        label, colon, value = pair.partition(b":")
        if colon:
            name = label.decode(errors="replace").lower()
            fields[_LABELS.get(name, name)] = value.decode(errors="replace")
    for name in _IN_MICROS:
        if str(fields.get(name, "")).isdecimal():
            fields["duration_ms"] = str(int(str(fields[name])) / 1000)
    found = hit_of(fields)
    return Miss.FAILED if found is Miss.OTHER else found


def open_ltsv(sample: Sequence[bytes]) -> Reader:
    """The same reader for every log."""
    return Reader(title="LTSV", line=read)


LTSV = Format(name="ltsv", open=open_ltsv)
