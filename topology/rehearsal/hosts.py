"""Hosts of a rehearsal: namespaces of their own on this machine, joined by a bridge that nobody else sees.

Nothing has a name on the machine: every namespace hangs on a first process, which ends with this program, whatever
ends it, and the kernel then ends and unmounts everything in it.
"""

from __future__ import annotations

import ctypes
import fcntl
import io
import ipaddress
import os
import selectors
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, TypeVar

from topology.components import ConfigFile, Ran
from topology.errors import TierwrightError

SETUP_SECONDS = 60.0
LEAVE_SECONDS = 10.0
LATE = 124
"""The exit status of a program that was stopped, as timeout(1) has it."""
CLIENT_ADDRESS = "198.51.100.10"
"""The public's address: of the block that documents use (RFC 5737), so never one of the design."""
PACKAGES = "/run/rehearsal/packages"
"""Where a host finds the Python packages of this program."""
LOCK = Path("/run/lock/tierwright-rehearsal.lock")
TOOLS = ("unshare", "nsenter", "setpriv", "mount", "pivot_root", "ip", "tar", "nft")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SCRIPT = Path(__file__).with_name("host.sh").read_text(encoding="utf-8")
_WITHOUT = ",".join(f"-{name}" for name in ("sys_time", "sys_module", "sys_boot", "sys_rawio", "wake_alarm", "syslog"))
"""Rights over what no namespace parts from the machine: its clock, its kernel, its power."""
_NETWORK_NAMESPACE = 0x40000000
Answer = TypeVar("Answer")


def refuse_unfit_machine() -> None:
    """Raise TierwrightError where no host can be started here."""
    if sys.platform != "linux":
        raise TierwrightError("a rehearsal needs the namespaces of Linux, which this system does not have")
    if os.geteuid() != 0:
        raise TierwrightError(
            "a rehearsal needs root: it mounts trees, makes networks and starts programs as their own users;"
            " run it with sudo on a machine that is no server of yours"
        )
    missing = [tool for tool in TOOLS if shutil.which(tool, path=PATH) is None]
    if missing:
        raise TierwrightError(f"a rehearsal needs {', '.join(missing)} (util-linux, iproute2, tar, nftables)")


class Namespace:
    """A first process in namespaces of its own; everything in them ends with it."""

    def __init__(self, name: str, argv: Sequence[str]) -> None:
        self.name = name
        self._first = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={"PATH": PATH}, cwd="/"
        )
        said = _read_line(self._first, SETUP_SECONDS)
        if not said.startswith("ready "):
            self.close()
            raise TierwrightError(f"no namespaces for {name}: {said or 'no answer'}")
        self.pid = int(said.split()[1])

    def in_network(self, argv: Sequence[str], *, input: str = "") -> None:
        """Run a tool of this machine in the network namespace; raises TierwrightError where it fails."""
        _tool(["nsenter", f"--target={self.pid}", "--net", "--", *argv], input=input)

    def asking(self, question: Callable[[], Answer]) -> Answer:
        """Call a function in a thread that stands in this network, and give its answer or raise its error."""
        found: list[Answer] = []
        raised: list[BaseException] = []

        def enter() -> None:
            try:
                _join_network(self.pid)
                found.append(question())
            except BaseException as error:
                raised.append(error)

        thread = threading.Thread(target=enter, name=f"in-{self.name}")
        thread.start()
        thread.join()
        if raised:
            raise raised[0]
        return found[0]

    def close(self) -> None:
        """End the first process, and with it everything in the namespaces."""
        assert self._first.stdin is not None
        assert self._first.stdout is not None
        self._first.stdin.close()
        try:
            self._first.wait(timeout=LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            self._first.kill()
            self._first.wait()
        self._first.stdout.close()


class Host(Namespace):
    """One host: its own network, processes, name and root directory with this machine's packages installed."""

    def __init__(self, name: str, address: str, folder: Path, packages: Path) -> None:
        self.address = address
        self.logs = folder / name / "logs"
        self._programs: list[subprocess.Popen[bytes]] = []
        root = folder / name / "root"
        self.logs.mkdir(parents=True)
        root.mkdir()
        spaces = ("--net", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child")
        tree = (str(root), name, str(packages))
        super().__init__(name, ["unshare", *spaces, "--", "/bin/sh", "-c", _SCRIPT, "host", *tree])

    @property
    def root(self) -> Path:
        """Its root directory, as this machine sees it."""
        return Path(f"/proc/{self.pid}/root")

    def entering(self) -> list[str]:
        """The command that stands before another one to run it there as root."""
        spaces = ("--mount", "--net", "--pid", "--ipc", "--uts", "--root", "--wd")
        return ["nsenter", f"--target={self.pid}", *spaces, "--", "setpriv", f"--bounding-set={_WITHOUT}", "--"]

    def run(self, argv: Sequence[str], *, seconds: float = 180, input: str = "") -> Ran:
        """Run one program to its end, as root."""
        ended = subprocess.Popen(
            [*self.entering(), *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=plain_environment(),
            start_new_session=True,
        )
        try:
            said, _ = ended.communicate(input.encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            ended.kill()
            ended.wait()
            return Ran(status=LATE, output=f"stopped after {seconds:g} seconds")
        return Ran(status=ended.returncode, output=said.decode(errors="replace"))

    def start(self, argv: Sequence[str], *, env: Mapping[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a program that stays, as root; what it prints goes to `log`."""
        program = subprocess.Popen(
            [*self.entering(), *argv],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=dict(env),
            start_new_session=True,
        )
        self._programs = [each for each in self._programs if each.poll() is None] + [program]
        return program

    def close(self) -> None:
        """End the first process, and take leave of every program that ends with it."""
        super().close()
        for program in self._programs:
            with suppress(subprocess.TimeoutExpired):
                program.wait(LEAVE_SECONDS)

    def lay(self, files: Iterable[ConfigFile]) -> None:
        """Put files in their places with owners and modes; directories that are there stay as they are."""
        with io.BytesIO() as packed:
            with tarfile.open(fileobj=packed, mode="w") as archive:
                for file in files:
                    _add(archive, file)
            unpacked = subprocess.run(
                [*self.entering(), "tar", "-xp", "--no-overwrite-dir", "-C", "/"],
                input=packed.getvalue(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if unpacked.returncode:
            raise TierwrightError(f"{self.name}: {unpacked.stdout.decode(errors='replace').strip()}")

    def cable(self, *, plugged: bool) -> None:
        """Pull its network cable, or plug it in again with the way to the public."""
        self.in_network(["ip", "link", "set", "eth0", "up" if plugged else "down"])
        if plugged:
            self.in_network(["ip", "route", "replace", "default", "dev", "eth0"])

    def kill(self) -> None:
        """Kill every process at once, as a power cut does; its disk stays."""
        self.run(["/bin/sh", "-c", "kill -KILL -1"])


class Rack:
    """Every host of a design and the public's machine, on one bridge. Use it as a context."""

    def __init__(self, hosts: Mapping[str, str], network: str) -> None:
        """`hosts` is address by name; `network` the CIDR of the design."""
        self._wanted = hosts
        self._network = ipaddress.IPv4Network(network)
        self._left = ExitStack()
        self.hosts: dict[str, Host] = {}

    def __enter__(self) -> Rack:
        refuse_unfit_machine()
        try:
            self._lock()
            folder = Path(self._left.enter_context(tempfile.TemporaryDirectory(prefix="tierwright-rehearsal-")))
            self._build(folder)
        except BaseException:
            self._left.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.close()

    def _lock(self) -> None:
        """One rehearsal at a time on a machine: two would share its processors, and each blame its own design."""
        file = self._left.enter_context(LOCK.open("w"))
        fcntl.flock(file, fcntl.LOCK_EX)
        for left in Path(tempfile.gettempdir()).glob("tierwright-rehearsal-*"):
            shutil.rmtree(left, ignore_errors=True)  # of a run that was killed

    def _build(self, folder: Path) -> None:
        packages = Path(sysconfig.get_path("purelib"))
        switch = self._keep(Namespace("switch", _switch()))
        switch.in_network(["ip", "-batch", "-"], input="link add br0 type bridge\nlink set br0 up\nlink set lo up\n")
        self.client = self._add(switch, "client", CLIENT_ADDRESS, 32, folder, packages)
        for name, address in self._wanted.items():
            self.hosts[name] = self._add(switch, name, address, self._network.prefixlen, folder, packages)

    def _add(self, switch: Namespace, name: str, address: str, length: int, folder: Path, packages: Path) -> Host:
        host = self._keep(Host(name, address, folder, packages))
        end = f"v{len(self.hosts)}{'c' if name == 'client' else ''}"
        _tool(["ip", "link", "add", "eth0", "netns", str(host.pid), *_peer(end, switch.pid)])
        switch.in_network(["ip", "link", "set", end, "master", "br0", "up"])
        lines = (f"addr add {address}/{length} dev eth0", "link set eth0 up", "route add default dev eth0")
        host.in_network(["ip", "-batch", "-"], input="\n".join(lines) + "\n")
        return host

    def _keep(self, made: _Kept) -> _Kept:
        self._left.callback(made.close)
        return made


_Kept = TypeVar("_Kept", bound=Namespace)


def plain_environment() -> dict[str, str]:
    """What systemd gives to a program where its unit says nothing."""
    return {"PATH": PATH, "LANG": "C.UTF-8"}


def _switch() -> list[str]:
    script = "read -r pid _ </proc/self/stat; echo ready $pid; exec cat >/dev/null"
    return ["unshare", "--net", "--fork", "--kill-child", "--", "/bin/sh", "-c", script]


def _peer(end: str, pid: int) -> tuple[str, ...]:
    return ("type", "veth", "peer", "name", end, "netns", str(pid))


def _join_network(pid: int) -> None:
    with open(f"/proc/{pid}/ns/net") as space:
        if ctypes.CDLL(None, use_errno=True).setns(space.fileno(), _NETWORK_NAMESPACE):
            raise OSError(ctypes.get_errno(), "setns")


def _tool(argv: Sequence[str], *, input: str = "") -> None:
    ran = subprocess.run(
        argv,
        input=input.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"PATH": PATH},
        check=False,
        timeout=SETUP_SECONDS,
    )
    if ran.returncode:
        raise TierwrightError(f"{' '.join(argv)}: {ran.stdout.decode(errors='replace').strip()}")


def _add(archive: tarfile.TarFile, file: ConfigFile) -> None:
    content = file.text.encode()
    entry = tarfile.TarInfo(file.path.lstrip("/"))
    entry.size, entry.mode, entry.mtime = len(content), file.mode, int(time.time())
    entry.uname, _, entry.gname = file.owner.partition(":")
    archive.addfile(entry, io.BytesIO(content))


def _read_line(program: subprocess.Popen[bytes], seconds: float) -> str:
    assert program.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(program.stdout, selectors.EVENT_READ)
        ready = selector.select(seconds)
    return program.stdout.readline().decode(errors="replace").strip() if ready else ""
