"""Real workers and a real Redis for tests: in a directory of their own, and ended whatever happens."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

import redis as redis_client
from django.conf import settings

from tests.conftest import ROOT

LEASE_SECONDS = 2
PATIENCE_SECONDS = 60.0
COMMANDS = {
    "database": ("db_worker", "--interval", "0.1", "--no-startup-delay"),
    "redis": (
        "rqworker", "default", "--worker-class", "rq.worker.SimpleWorker", "--job-class", "django_tasks_rq.Job",
        "--with-scheduler",
    ),
}  # fmt: skip
"""What an operator types, by TIERWRIGHT_TASKS."""
ENDING = (signal.SIGTERM, signal.SIGHUP)
"""Signals that end a process where it stands, so that what it has started lives on; an interrupt does not."""


@contextmanager
def clearing_up() -> Iterator[None]:
    """A signal that ends this process lets it end what it has started first; in the main thread only."""

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    before = {number: signal.signal(number, leave) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of a Redis that nobody else sees: on a socket, with nothing kept on disk."""
    program = shutil.which("redis-server")
    if program is None:
        raise FileNotFoundError("redis-server is not installed")
    # Not below TMPDIR: the path of a socket may have 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="tierwright-redis.", dir="/tmp"))
    socket = folder / "socket"
    options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with (folder / "log").open("wb") as log, clearing_up(), ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        process = subprocess.Popen([program, *options], stdout=log, stderr=log, start_new_session=True)
        stack.callback(end, process)
        url = f"unix://{socket}"
        client = stack.enter_context(redis_client.Redis.from_url(url))
        until(lambda: socket.exists() and bool(client.ping()))
        yield url


@contextmanager
def workers(count: int, kind: str, variables: Mapping[str, str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many workers, which ask for work already or soon will."""
    with clearing_up(), ExitStack() as stack:
        log = stack.enter_context(tempfile.TemporaryFile())
        found = []
        for _ in range(count):
            process = subprocess.Popen(
                [sys.executable, "manage.py", *COMMANDS[kind]],
                cwd=ROOT,
                env=environment(kind, variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            stack.callback(end, process)
            found.append(process)
        try:
            yield found
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read().decode(errors="replace"))
            raise


def environment(kind: str, variables: Mapping[str, str]) -> dict[str, str]:
    """The settings of the site under test, with workers of this kind."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "planner.settings",
        "TIERWRIGHT_VAR": str(settings.VAR_DIR),
        "TIERWRIGHT_TASKS": kind,
        "SWEEP_LEASE_SECONDS": str(LEASE_SECONDS),
        **variables,
    }


def end(process: subprocess.Popen[bytes]) -> None:
    """At once, without asking, with whatever it started itself."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)


def kill_at_work(victim: subprocess.Popen[bytes], at_work: Callable[[], bool]) -> None:
    """Kill it while it works: it is halted first, so that nothing changes between the look and the kill."""

    def halted() -> bool:
        if victim.poll() is not None:
            raise ChildProcessError(f"the worker ended by itself, with {victim.returncode}")
        if not at_work():
            return False
        os.kill(victim.pid, signal.SIGSTOP)
        if at_work():
            return True
        os.kill(victim.pid, signal.SIGCONT)
        return False

    until(halted, pause=0.005)
    victim.kill()
    victim.wait(timeout=30)


def until(holds: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS, pause: float = 0.02) -> None:
    """Wait for something that will come; TimeoutError where it does not."""
    last = time.monotonic() + seconds
    while not _tried(holds):
        if time.monotonic() > last:
            raise TimeoutError(f"waited {seconds:g} s in vain")
        time.sleep(pause)


def _tried(holds: Callable[[], bool]) -> bool:
    try:
        return holds()
    except redis_client.ConnectionError:
        return False
