"""A PostgreSQL of a measurement's own: in a temporary directory, on a socket there, removed whatever happens."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A PostgreSQL that runs."""

    folder: Path
    binaries: Path
    is_safe: bool = True
    """Whether what it acknowledges is on the disk, as in life; without that it is faster."""

    @property
    def url(self) -> str:
        """Its database, as DATABASE_URL names it."""
        return self.url_of("postgres")

    def url_of(self, name: str) -> str:
        """One of its databases."""
        return f"postgres://tierwright@{str(self.folder).replace('/', '%2F')}/{name}"

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        fast = "" if self.is_safe else "-F "
        options = f"{fast}-k {self.folder} -c listen_addresses='' -c shared_buffers=128MB -c max_connections=60"
        self._control("start", "--log", str(self.folder / "log"), "--options", options)

    def stop(self, mode: str = "fast") -> None:
        """End it; `immediate` is how it looks when the machine dies."""
        self._control("stop", "--mode", mode)

    def run(self, program: str, *arguments: str) -> str:
        """One of its programs, such as pg_dump."""
        host = ["--host", str(self.folder), "--username", "tierwright"]
        return as_postgres([str(self.binaries / program), *host, *arguments])

    def _control(self, verb: str, *arguments: str) -> None:
        data = str(self.folder / "data")
        as_postgres([str(self.binaries / "pg_ctl"), "--pgdata", data, "--wait", "--silent", verb, *arguments])


def binaries() -> Path | None:
    """Where the programs of the newest PostgreSQL here are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def postgresql(*, is_safe: bool = True) -> Iterator[Cluster]:
    """A cluster that nobody else sees."""
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("PostgreSQL's server programs are not installed")
    # Not below TMPDIR: the path of a socket may have 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="tierwright-pg.", dir="/tmp"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        as_postgres(
            [str(programs / "initdb"), "--pgdata", str(folder / "data"), "--username", "tierwright", "--auth", "trust",
             "--encoding", "UTF8", "--locale", "C.UTF-8"]
        )  # fmt: skip
        cluster = Cluster(folder=folder, binaries=programs, is_safe=is_safe)
        stack.callback(_stop, cluster)
        cluster.start()
        yield cluster


def _stop(cluster: Cluster) -> None:
    if (cluster.folder / "data" / "postmaster.pid").exists():
        cluster.stop("immediate")


def as_postgres(command: Sequence[str]) -> str:
    """Run as the user that PostgreSQL accepts, from a directory that it may enter."""
    whole = ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else list(command)
    # Into a file: a server that it starts would hold a pipe open for as long as it runs.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            whole, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=said, timeout=120, check=False
        )
        said.seek(0)
        text = said.read().decode(errors="replace")
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])} ended with {done.returncode}: {text[-2000:]}")
    return text
