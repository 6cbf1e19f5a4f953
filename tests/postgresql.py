"""A PostgreSQL of one's own for measurements: in a directory that goes with it, reached through a socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

OPTIONS = "-F -c listen_addresses='' -c shared_buffers=32MB -c max_connections=60"


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server with an empty database; FileNotFoundError where its programs are not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise FileNotFoundError("PostgreSQL's server programs are not installed")
    programs = found[-1].parent
    # Not below TMPDIR: the path of a socket may have 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="tierwright-pg.", dir="/tmp"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        data = str(folder / "data")
        encoding = ["--encoding", "UTF8", "--locale", "C.UTF-8"]
        _run(programs / "initdb", "--pgdata", data, "--username", "tierwright", "--auth", "trust", *encoding)
        control = (programs / "pg_ctl", "--pgdata", data, "--silent", "--wait")
        _run(*control, "--log", str(folder / "log"), "--options", f"{OPTIONS} -k {folder}", "start")
        stack.callback(_run, *control, "--mode", "immediate", "stop")
        yield f"postgres://tierwright@{quote(str(folder), safe='')}/postgres"


def _run(program: Path, *arguments: str) -> None:
    """PostgreSQL refuses to run as root, and wants a directory that it may enter."""
    before = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    subprocess.run([*before, str(program), *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL)
