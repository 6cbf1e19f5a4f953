"""Load from the public's machine: begun, left running while something happens to the hosts, ended and counted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from topology.errors import TierwrightError
from topology.rehearsal.hosts import Host

GENERATOR = Path(__file__).with_name("generator.py")
TIMEOUT_SECONDS = 30.0
MOST_SECONDS = 300.0
ENDING_SECONDS = 90.0
LEAST = 20
"""Requests, however late the machine lets them begin."""
SEED = 21


@dataclass(frozen=True, kw_only=True)
class Load:
    """What became of the requests of one load."""

    requests: int
    failed: int
    outcomes: Mapping[str, int]
    """ok, or why not, with how many ended so."""
    servers: Mapping[str, int]
    """Good answers by the server that gave them."""
    p50_ms: float | None
    p95_ms: float | None
    max_ms: float | None
    late_ms: float
    """How late the generator itself was at most: above a few milliseconds, the machine was busy."""
    first_failures: Sequence[str]


class Traffic:
    """Requests of the public, at a fixed mean rate with random gaps, until `end`."""

    def __init__(self, client: Host, *, addresses: Sequence[str], host: str, paths: Sequence[str], rate: float) -> None:
        job: dict[str, Any] = {
            "addresses": list(addresses),
            "host": host,
            "paths": list(paths),
            "rate": rate,
            "seconds": MOST_SECONDS,
            "least": LEAST,
            "timeout": TIMEOUT_SECONDS,
            "seed": SEED,
        }
        self._generator = subprocess.Popen(
            ["nsenter", f"--target={client.pid}", "--net", "--", sys.executable, "-I", str(GENERATOR)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._generator.stdin is not None
        self._generator.stdin.write(json.dumps(job) + "\n")
        self._generator.stdin.flush()

    def end(self) -> Load:
        """Begin no more requests than the least, wait for those that are on their way, and count."""
        said, wrong = self._generator.communicate(timeout=ENDING_SECONDS)
        if self._generator.returncode:
            raise TierwrightError(f"the load generator ended with {self._generator.returncode}: {wrong[-500:]}")
        return Load(**json.loads(said))

    def __enter__(self) -> Traffic:
        return self

    def __exit__(self, *_: object) -> None:
        if self._generator.poll() is None:
            self._generator.kill()
            self._generator.communicate()
