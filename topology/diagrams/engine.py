"""Runs Graphviz: always another process, with limits of time and memory, an empty place and no environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from topology.errors import TierwrightError

Format = Literal["svg", "png", "pdf"]
SECONDS = 20
MEMORY_BYTES = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A program that draws DOT."""

    name: str
    path: str
    formats: tuple[Format, ...]


class DrawingFailed(TierwrightError):
    """Graphviz is absent, refused, or took too long; the table of the same content still tells everything."""


def engines() -> tuple[Engine, ...]:
    """What can draw here, the best first: the system's `dot`, then the one that comes from pip."""
    found = []
    if dot := shutil.which("dot"):
        found.append(Engine(name="dot", path=dot, formats=("svg", "png", "pdf")))
    if pure := _pip_program("graphviz-pure"):
        found.append(Engine(name="graphviz-pure", path=pure, formats=("svg", "png")))
    return tuple(found)


def run(source: str, format: Format, *, engine: Engine | None = None, seconds: float = SECONDS) -> bytes:
    """Draw DOT text; raises DrawingFailed with the way out."""
    chosen = engine or next((item for item in engines() if format in item.formats), None)
    if chosen is None:
        raise DrawingFailed(f"nothing here draws {format.upper()}; install the package graphviz, or ask for SVG")
    with tempfile.TemporaryDirectory(prefix="tierwright-dot-") as empty:
        return _run(chosen, source, format, empty, seconds)


def _run(engine: Engine, source: str, format: Format, directory: str, seconds: float) -> bytes:
    try:
        done = subprocess.run(
            [engine.path, f"-T{format}"],
            input=source.encode(),
            capture_output=True,
            timeout=seconds,
            cwd=directory,
            env={"PATH": os.defpath, "HOME": directory, "LANG": "C.UTF-8"},
            preexec_fn=_limit(seconds),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DrawingFailed(f"drawing took longer than {seconds:g} s and was stopped; draw fewer servers") from None
    except OSError as error:
        raise DrawingFailed(f"{engine.name} could not be started: {error.strerror}") from None
    if done.returncode != 0 or not done.stdout:
        raise DrawingFailed(f"{engine.name} ended with status {done.returncode} and drew nothing")
    return done.stdout


def _limit(seconds: float) -> Callable[[], None] | None:
    if sys.platform == "win32":
        return None
    import resource

    def apply() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))

    return apply


def _pip_program(name: str) -> str | None:
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)
