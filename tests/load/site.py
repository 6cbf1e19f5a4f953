"""The real site as an operator runs it: gunicorn with two worker processes, on loopback, ended whatever happens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.conftest import ROOT

PATIENCE_SECONDS = 120.0
_STARTED: list[subprocess.Popen[bytes]] = []
LONELY_SECRET = "only-for-measurements-" + "x" * 50


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site that answers."""

    port: int
    master: subprocess.Popen[bytes]
    variables: Mapping[str, str]
    folder: Path

    @property
    def workers(self) -> list[int]:
        """The ids of its worker processes."""
        return children_of(self.master.pid)

    def rss_mib(self) -> dict[int, float]:
        """Worker -> its resident memory."""
        return {pid: kib / 1024 for pid in self.workers if (kib := rss_kib(pid))}

    @property
    def log(self) -> str:
        """What it wrote to stderr."""
        return (self.folder / "site.log").read_text(encoding="utf-8", errors="replace")

    def manage(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `manage.py` beside it."""
        return manage(self.variables, *command, check=check)


def variables_of(folder: Path, database: str, **more: str) -> dict[str, str]:
    """The environment of a site with accounts whose data is in a directory of its own."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TIERWRIGHT_", "EMAIL_", "OIDC_"))
    }
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "planner.settings",
        "TIERWRIGHT_VAR": str(folder),
        "TIERWRIGHT_ACCOUNTS": "1",
        "SECRET_KEY": LONELY_SECRET,
        "DATABASE_URL": database,
        "LOG_LEVEL": "WARNING",
        **more,
    }


def manage(variables: Mapping[str, str], *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` with these variables; where it must not fail, its own words say why it did."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=dict(variables), capture_output=True, text=True,
        timeout=1200, check=False,
    )  # fmt: skip
    if check and done.returncode:
        raise RuntimeError(f"manage.py {' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done


def prepare(variables: Mapping[str, str]) -> None:
    """Tables, and the style sheets where a page looks for them."""
    manage(variables, "migrate", "--verbosity", "0")
    manage(variables, "collectstatic", "--noinput", "--verbosity", "0")


@contextmanager
def site(variables: Mapping[str, str], *, workers: int = 2, threads: int = 8, preload: bool = False) -> Iterator[Site]:
    """The site, as `bin/run` serves it, once it answers."""
    folder = Path(tempfile.mkdtemp(prefix="tierwright-site."))
    port, application = free_port(), "tests.load.warm" if preload else "planner.wsgi"
    command = [
        sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", str(workers), "--threads", str(threads), "--timeout", "120", "--graceful-timeout", "5",
        "--keep-alive", "30", "--no-control-socket", "--log-level", "warning",
        *(["--preload"] if preload else []),
    ]  # fmt: skip
    with (folder / "site.log").open("wb") as log, ExitStack() as stack:
        stack.callback(_remove, folder)
        master = subprocess.Popen(
            command, cwd=ROOT, env=dict(variables), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        _STARTED.append(master)
        stack.callback(end, master)
        found = Site(port=port, master=master, variables=variables, folder=folder)
        until_it_answers(found)
        yield found


def until_it_answers(found: Site) -> None:
    """Wait for every worker; raises with the site's own words where it ended instead."""
    last = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < last:
        if found.master.poll() is not None:
            raise RuntimeError(f"the site ended with {found.master.returncode}: {found.log[-2000:]}")
        with suppress(OSError):
            if health_of(found.port) == 200:
                return
        time.sleep(0.1)
    raise TimeoutError(f"the site does not answer: {found.log[-2000:]}")


def health_of(port: int, *, seconds: float = 10) -> int:
    """The status of /healthz."""
    connection = HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    finally:
        connection.close()


def end_all() -> None:
    """End every site of this process at once, so that whatever waits for one goes on and clears up."""
    for master in _STARTED:
        end(master)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, then make it: it and what it has started, which are of a session of their own."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=15)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children_of(pid: int) -> list[int]:
    """Processes that a process has started and that live."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = status.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(status.parent.name))
    return sorted(found)


def rss_kib(pid: int) -> int:
    """Resident memory of a process; 0 where it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
