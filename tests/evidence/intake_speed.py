"""Reading a combined log of a million different lines, against goaccess on the same log in the same run."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.benchmarks.independent_count import count
from tests.benchmarks.intake_speed import MEMORY_MIB, Run, make_log, run_goaccess, run_intake, warm
from tests.evidence import Cell, Evidence

ISSUE = 1
SIZES = (250_000, 500_000, 1_000_000)
REPEATS = 3
PROMISED, WANTED = 5.0, 10.0
"""Times the lines per CPU-second of goaccess."""


def measure() -> Evidence:
    """Each size read three times; the middle of three CPU times counts, the most of three memories."""
    warm()
    with tempfile.TemporaryDirectory() as folder:
        rows = [_row(Path(folder), lines) for lines in SIZES]
    ratio, memory = rows[-1][5], max(float(str(row[6])) for row in rows)
    small, large = float(str(rows[0][2])), float(str(rows[-1][2]))
    # Start-up is the same at each size, so a linear reader stays below four times.
    linear = large <= 4 * small
    equal = all(row[1] for row in rows)
    return Evidence(
        title="Intake of a million lines against goaccess",
        command="bin/evidence 1 --only intake_speed",
        passed=equal and linear and memory < MEMORY_MIB and isinstance(ratio, float) and ratio >= PROMISED,
        columns=(
            "lines", "facts equal to the independent count", "intake CPU s", "goaccess CPU s", "intake lines per CPU-s",
            "times goaccess", "intake memory MiB", "goaccess memory MiB",
        ),
        rows=tuple(rows),
        text=(
            "All lines are different, three in ten have a new client, one in a hundred is malformed. CPU seconds are"
            " those of the whole process, from `python manage.py intake LOG --json` to its end, the scanner compiled"
            f" before as set-up does. Promised: at least {PROMISED:g} times goaccess and under {MEMORY_MIB} MiB;"
            f" wanted: {WANTED:g} times. Memory includes mapped files."
        ),
    )  # fmt: skip


def _row(folder: Path, lines: int) -> tuple[Cell, ...]:
    log = make_log(folder, lines)
    runs = [run_intake(log) for _ in range(REPEATS)]
    truth = count(log)
    equal = all({key: facts[key] for key in truth} == truth for _, facts in runs)
    ours = _middle([run for run, _ in runs])
    others = [run for _ in range(REPEATS) if (run := run_goaccess(log)) is not None]
    theirs = _middle(others) if others else None
    log.unlink()
    return (
        lines,
        equal,
        round(ours.cpu_s, 2),
        round(theirs.cpu_s, 2) if theirs else None,
        round(lines / ours.cpu_s),
        round(theirs.cpu_s / ours.cpu_s, 1) if theirs else None,
        round(max(run.memory_mib for run, _ in runs)),
        round(theirs.memory_mib) if theirs else None,
    )


def _middle(runs: list[Run]) -> Run:
    return sorted(runs, key=lambda run: run.cpu_s)[len(runs) // 2]
