"""Outputs without what differs from run to run."""

from __future__ import annotations

import sys

import pytest

from topology.bundles.words import LINES, settled


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2026/11/24 23:58:52 [warn] 52#52: the user", "[warn] the user"),
        ("2026-11-24 23:58:52.123 UTC [77] FATAL:  no", "FATAL:  no"),
        ("24-Nov-2026 23:58:52.123 loading", "loading"),
        ("[2026-11-24 23:58:52 +0000] [77] [INFO] up", "[] [INFO] up"),
        ("Tue Nov 24 23:58:52 2026: error", "error"),
        ("started, pid=77", "started, pid"),
        ("object at 0x7f00aabbccdd", "object at 0x…"),
        ("\x1b[1merror\x1b[0m\tline 12", " error  line 12".strip()),
        (f"File {sys.prefix}/lib/x.py", "File <python>/lib/x.py"),
        ("backend [10.0.0.1] timeout 30s at line 7", "backend [10.0.0.1] timeout 30s at line 7"),
    ],
)
def test_times_and_process_numbers_are_taken_out(said: str, kept: str) -> None:
    assert settled(said) == kept


def test_the_first_lines_are_enough() -> None:
    assert settled("\n\n".join(f"line {number}" for number in range(100))).count("\n") == LINES - 1
