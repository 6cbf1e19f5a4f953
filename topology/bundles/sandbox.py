"""A private machine for one check: namespaces without network and without rights, over the bundle's tree.

Everything is done with `unshare`, `mount` and `nsenter` of util-linux, without root: a user namespace holds the
others (mount, network, pid, ipc, uts). Its root directory is a fresh tmpfs that shows the machine's /usr and the
running Python read-only, a copy of what everybody may read in /etc, and nothing else of the machine.
"""

from __future__ import annotations

import os
import resource
import selectors
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from topology.components import Ran

TIMED_OUT = 124
"""The exit status of a program that was stopped, as timeout(1) has it."""
NOBODY = 65534
"""The user of a program that must not be root; it owns /run/validate."""
OUTPUT_LIMIT = 4 << 20
MEMORY_LIMIT = 1 << 30
FILE_LIMIT = 256 << 20
FILES_WANTED = 524_288
"""The hard limit that systemd gives to services."""
SETUP_SECONDS = 20.0
LEAVE_SECONDS = 5.0
TOOLS = ("unshare", "nsenter", "prlimit", "setpriv", "mount", "umount", "pivot_root", "ip", "hostname", "env")
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SCRIPT = Path(__file__).with_name("enter.sh").read_text(encoding="utf-8")
_SHARED_MEMORY = "/dev/shm"
_SKELETON = ("var/lib", "var/log", "var/cache", "var/spool")


class SandboxRefused(Exception):
    """No sandbox can be had here; the text is a sentence fit for the report."""


def search_path() -> str:
    """Where programs are looked for: beside the running Python first, then where the system keeps them."""
    return f"{Path(sys.executable).parent}:{_SYSTEM_PATH}"


def find_program(program: str) -> str | None:
    """The path of an executable that a check names, or None where it is not installed."""
    return shutil.which(program, path=search_path())


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What all sandboxes of a run share: a copy of the readable /etc, and the empty directories of /var."""

    folder: Path

    @property
    def copy(self) -> Path:
        """Holds etc/ and skeleton/."""
        return self.folder / "copy"

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A directory for one sandbox, removed at the end whatever happens."""
        with tempfile.TemporaryDirectory(dir=self.folder, ignore_cleanup_errors=True) as name:
            yield Path(name)


@contextmanager
def ground() -> Iterator[Ground]:
    """Prepare a ground; raises SandboxRefused with the reason where this machine can hold no sandbox."""
    refuse_unfit_machine()
    with tempfile.TemporaryDirectory(prefix="tierwright-", dir=_memory(), ignore_cleanup_errors=True) as name:
        made = Ground(folder=Path(name).resolve())
        _copy_readable(Path("/etc"), made.copy / "etc")
        for parent in _SKELETON:
            _copy_directories(Path("/", parent), made.copy / "skeleton" / parent)
        _try(made)
        yield made


def refuse_unfit_machine() -> None:
    """Raise SandboxRefused where namespaces or the tools that make them are missing."""
    if sys.platform != "linux":
        raise SandboxRefused("checking needs the namespaces of Linux, which this system does not have")
    missing = [tool for tool in TOOLS if shutil.which(tool, path=_SYSTEM_PATH) is None]
    if missing:
        raise SandboxRefused(f"checking needs {', '.join(missing)} of the packages util-linux and iproute2")


def _memory() -> str | None:
    """A directory in memory, where a thousand small files cost least; None for the usual temporary one."""
    return _SHARED_MEMORY if os.path.ismount(_SHARED_MEMORY) and os.access(_SHARED_MEMORY, os.W_OK | os.X_OK) else None


def _try(made: Ground) -> None:
    with made.scratch() as folder, Sandbox(made, folder, hostname="trial") as sandbox:
        ran = sandbox.run(["true"])
    if ran.status != 0:
        raise SandboxRefused(f"this machine lets no program run in namespaces of its own: {_first_line(ran.output)}")


def _copy_readable(source: Path, target: Path) -> None:
    """Copy what every account may read: neither keys nor password hashes, whoever runs this."""
    target.mkdir(parents=True)
    for entry in _entries(source):
        copy = target / entry.name
        if entry.is_symlink():
            copy.symlink_to(os.readlink(entry.path))
        elif entry.is_dir(follow_symlinks=False):
            if entry.stat(follow_symlinks=False).st_mode & 0o005 == 0o005:
                _copy_readable(Path(entry.path), copy)
        elif entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_mode & 0o004:
            shutil.copy(entry.path, copy)


def _copy_directories(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for entry in _entries(source):
        if entry.is_dir(follow_symlinks=False):
            (target / entry.name).mkdir()


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return []


class Sandbox:
    """Namespaces over one tree. Use it as a context: at its end everything in it is killed and unmounted."""

    def __init__(self, ground: Ground, folder: Path, *, hostname: str) -> None:
        self._ground = ground
        self._folder = folder
        self._hostname = hostname
        self.staged = folder / "staged"
        (self.staged / "etc").mkdir(parents=True, exist_ok=True)
        self._first: subprocess.Popen[bytes] | None = None
        self._pid = 0

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def started(self) -> bool:
        """Whether the tree is laid: from then on it does not change."""
        return self._first is not None

    def start(self) -> None:
        """Lay the tree; raises SandboxRefused with what the kernel or a tool said."""
        root = self._folder / "root"
        root.mkdir()
        own = ("--user", "--map-root-user", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child")
        tree = (str(root), str(self.staged), str(self._ground.copy), self._hostname)
        self._first = subprocess.Popen(
            ["unshare", *own, "--", "/bin/sh", "-c", _SCRIPT, "enter", *tree, *shown_directories()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(),
            cwd="/",
        )
        said = _read_line(self._first, SETUP_SECONDS)
        if not said.startswith("ready "):
            self.close()
            raise SandboxRefused(f"this machine lets no check run in namespaces of its own: {said or 'no answer'}")
        self._pid = int(said.split()[1])

    def run(self, argv: Sequence[str], *, seconds: float = 20, as_root: bool = True, directory: str = "/") -> Ran:
        """Run one program, as root of the namespace or as nobody; stopped with all its children when it is late."""
        if not self.started:
            self.start()
        with tempfile.TemporaryFile() as output:
            ended = subprocess.Popen(
                [*self._enter(as_root), *(("env", f"--chdir={directory}") if directory != "/" else ()), *argv],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_environment(),
                cwd="/",
            )
            late = self._wait(ended, seconds)
            output.seek(0)
            said = output.read(OUTPUT_LIMIT).decode(errors="replace")
        if late:
            why = f"stopped after {seconds:g} seconds: it did not end by itself"
            return Ran(status=TIMED_OUT, output=f"{said}\n{why}".lstrip())
        return Ran(status=ended.returncode, output=said)

    def close(self) -> None:
        """End the namespaces: their first process leaves, and the kernel kills the others and unmounts the tree."""
        first = self._first
        if first is None:
            return
        assert first.stdin is not None
        assert first.stdout is not None
        first.stdin.close()  # its first process waits for this end, also when this program dies without a word
        try:
            first.wait(timeout=LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            first.kill()  # and --kill-child takes the first process of the namespaces along
            first.wait()
        first.stdout.close()

    def _enter(self, as_root: bool) -> list[str]:
        spaces = ("--user", "--mount", "--net", "--pid", "--ipc", "--uts", "--preserve-credentials")
        limits = (f"--data={MEMORY_LIMIT}", f"--fsize={FILE_LIMIT}", "--core=0", f"--nofile={open_files()}")
        # Without this right nothing can be mounted or made writable again, in a namespace of its own neither.
        rights = ("--bounding-set=-sys_admin", "--no-new-privs")
        user = () if as_root else ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
        return [
            *("prlimit", *limits, "--", "nsenter", f"--target={self._pid}", *spaces, "--"),
            *("setpriv", *rights, "--", *user),
        ]

    def _wait(self, program: subprocess.Popen[bytes], seconds: float) -> bool:
        """Wait for a program; True where it was late, and everything in the namespaces was killed."""
        try:
            program.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self._kill_all()
            _end(program)
            return True
        except BaseException:
            self._kill_all()
            _end(program)
            raise
        return False

    def _kill_all(self) -> None:
        subprocess.run(
            [*self._enter(True), "/bin/sh", "-c", "kill -KILL -1"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
            check=False,
            timeout=SETUP_SECONDS,
        )


@cache
def shown_directories() -> tuple[str, ...]:
    """Directories of the machine that a sandbox shows: /usr, and where the running Python keeps its files."""
    wanted = [sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parent.parent)]
    shown = ["/usr"]
    for directory in sorted({os.path.realpath(place) for place in wanted} | set(wanted)):
        if not any(directory == other or directory.startswith(f"{other}/") for other in shown):
            shown.append(directory)
    return tuple(shown)


@cache
def open_files() -> int:
    """Open files that a checked program may have: as many as servers get, where this user may grant them."""
    wanted = ["prlimit", f"--nofile={FILES_WANTED}", "--", "true"]
    granted = subprocess.run(wanted, env=_environment(), stderr=subprocess.DEVNULL, check=False).returncode == 0
    return FILES_WANTED if granted else resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def _environment() -> dict[str, str]:
    """Nothing of the caller's environment enters a sandbox."""
    return {
        "PATH": search_path(),
        "HOME": "/run/validate",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _read_line(program: subprocess.Popen[bytes], seconds: float) -> str:
    assert program.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(program.stdout, selectors.EVENT_READ)
        ready = selector.select(seconds)
    return program.stdout.readline().decode(errors="replace").strip() if ready else ""


def _end(program: subprocess.Popen[bytes]) -> None:
    """Let nsenter take leave of its killed child; were it killed first, the child would stay as a zombie."""
    try:
        program.wait(timeout=LEAVE_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
