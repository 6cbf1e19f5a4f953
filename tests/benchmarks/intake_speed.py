"""Intake of a large combined log against goaccess on the same log in the same run, in lines per CPU-second."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.intake_log import write_log

ROOT = Path(__file__).resolve().parents[2]
SEED = 7
MEMORY_MIB = 400
"""What intake may take, its libraries included."""


# A child begins with the memory of the process that forked it as its own maximum, so a small one does it.
_LAUNCH = """
import json, os, subprocess, sys
with open(sys.argv[1], "wb") as target:
    child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=target, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
child.returncode = os.waitstatus_to_exitcode(status)
print(json.dumps([child.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One process from its start to its end."""

    cpu_s: float
    memory_mib: float
    """The most resident memory, mapped files included."""
    output: str = ""


def run(command: Sequence[str], *, output: Path | None = None) -> Run:
    """Run a command; its own CPU time and memory come from the kernel when it ends."""
    target = str(output or os.devnull)
    launched = subprocess.run(
        [sys.executable, "-I", "-c", _LAUNCH, target, *command], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    code, cpu_s, most = json.loads(launched.stdout)
    if code:
        raise RuntimeError(f"{command[0]} ended with {code}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Run(cpu_s=cpu_s, memory_mib=most / unit, output=output.read_text() if output else "")


def run_intake(log: Path) -> tuple[Run, dict[str, Any]]:
    """`manage.py intake --json` and its facts, process start included."""
    ended = run([sys.executable, "manage.py", "intake", str(log), "--json"], output=log.with_suffix(".json"))
    facts: dict[str, Any] = json.loads(ended.output)["facts"]
    return ended, facts


def run_goaccess(log: Path) -> Run | None:
    """goaccess with its full report, or None where it is not installed."""
    program = shutil.which("goaccess")
    if program is None:
        return None
    report = log.with_suffix(".report.json")
    return run([program, str(log), "--log-format=COMBINED", "--no-global-config", "--no-progress", "-o", str(report)])


def warm() -> None:
    """Compile the scanner, as set-up does."""
    run([sys.executable, "-m", "topology.intake.warm"])


def make_log(folder: Path, lines: int) -> Path:
    """The log of a size; the same at each run."""
    log = folder / f"{lines}.log"
    write_log(log, lines, seed=SEED)
    return log
