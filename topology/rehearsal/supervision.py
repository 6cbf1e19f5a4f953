"""Runs the units of one host as systemd does, as far as their start goes: user, directories, environment, secrets.

What a unit forbids its program beyond that (system calls, writable paths, memory limits) is not applied.
"""

from __future__ import annotations

import contextlib
import resource
import shlex
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from topology.errors import TierwrightError
from topology.rehearsal.hosts import Host, plain_environment
from topology.rehearsal.mounts import mount, unmount
from topology.rehearsal.units import CREDENTIALS, DIRECTORIES, Command, Unit, read_environment, read_unit

STARTING_SECONDS = 120.0
STOPPING_SECONDS = 15.0
SAID_LINES = 15
PIDS = "/run/rehearsal/pids"
ADDED = {"chrony.service": ("-x", "chronyd runs as ever, but may not set the one clock of this machine (-x)")}
"""What a unit's program is told besides, where it would reach beyond its host, and what to say of it."""
MAY_FAIL = {"systemd-sysctl.service": "of the kernel's settings only those of the network are set, the rest is shared"}
"""Units that cannot do all of their work on a shared kernel, and what to say of it."""


class Services:
    """The units of one host."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.started: dict[str, Unit] = {}
        """In the order of their first start."""
        self.stand_ins: list[str] = []
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.RLock()

    def unit(self, name: str) -> Unit:
        """A unit as the host has it now."""
        return read_unit(self.host.root, name)

    def start(self, name: str) -> None:
        """Start a unit that does not run; raises TierwrightError with what it said."""
        with self._lock:
            if self.is_active(name):
                return
            unit = self.unit(name)
            self.started[name] = unit
            if unit.kind == "mount":
                self._note(mount(self.host, unit))
            elif unit.kind == "service":
                self._start_service(unit)

    def stop(self, name: str) -> None:
        """Stop a unit that runs."""
        with self._lock:
            unit = self.started.pop(name, None)
            if unit is None:
                return
            if unit.kind == "mount":
                unmount(self.host, unit)
            elif unit.kind == "service":
                self._stop_service(unit)

    def restart(self, name: str) -> None:
        """Stop and start."""
        self.stop(name)
        self.start(name)

    def reload(self, name: str) -> None:
        """Let a running unit read its files again; raises TierwrightError where it refuses."""
        unit = self.unit(name)
        variables = self._environment(unit)
        commands = unit.commands("ExecReload", variables)
        if not commands or name not in self.started:
            self.restart(name)
            return
        for command in commands:
            self._run(unit, command, variables)

    def power_off(self) -> None:
        """Forget what ran: everything was killed, and what stood in /run went with it."""
        with self._lock:
            self._running.clear()
            for unit in self.started.values():
                if unit.kind == "mount":
                    unmount(self.host, unit)
            self.host.run(["/bin/sh", "-c", _EMPTY_RUN])

    def power_on(self) -> None:
        """Start again what was started before, in the same order."""
        names, self.started = list(self.started), {}
        self.make_runtime()
        for name in names:
            self.start(name)

    def make_runtime(self) -> None:
        """What systemd makes in /run and /var at boot for the packages that are installed."""
        places = ("/run", "/tmp", "/var/log", "/var/lib", "/var/cache", "/srv")
        self.host.run(["systemd-tmpfiles", "--create", *(f"--prefix={place}" for place in places)])

    def is_active(self, name: str) -> bool:
        """Whether a unit was started and its foreground program, where it has one, still runs."""
        running = self._running.get(name)
        return name in self.started and (running is None or running.poll() is None)

    def said(self, name: str) -> str:
        """The last lines that a unit printed."""
        log = self._log(name)
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        return "\n".join(text.strip().splitlines()[-SAID_LINES:])

    def why_ended(self) -> str | None:
        """A sentence about a program that ended though its unit was started; None where all run."""
        for name, running in self._running.items():
            if running.poll() is not None:
                return f"{self.host.name}: {name} ended with {running.returncode}: {self.said(name) or 'no word'}"
        return None

    def _note(self, stand_in: str | None) -> None:
        if stand_in:
            self.stand_ins.append(stand_in)

    def _log(self, name: str) -> Path:
        return self.host.logs / f"{name}.log"

    def _start_service(self, unit: Unit) -> None:
        self._prepare(unit)
        variables = self._environment(unit)
        for command in unit.commands("ExecStartPre", variables):
            self._run(unit, command, variables)
        commands = self._starts(unit, variables)
        if unit.get("Type", "simple") in ("forking", "oneshot"):
            for command in commands:
                self._run(unit, command, variables)
            if unit.get("Type") == "forking" and unit.get("PIDFile"):  # written a moment after the first process ends
                self._wait_while_it_starts(unit, lambda: bool(self._main_pid(unit)))
        else:
            self._stay(unit, commands[0], variables)
        for command in unit.commands("ExecStartPost", self._environment(unit)):
            self._run(unit, command, variables)

    def _starts(self, unit: Unit, variables: Mapping[str, str]) -> tuple[Command, ...]:
        commands = unit.commands("ExecStart", variables)
        if unit.name in MAY_FAIL:
            self._note(MAY_FAIL[unit.name])
            return tuple(replace(command, may_fail=True) for command in commands)
        if unit.name not in ADDED:
            return commands
        word, why = ADDED[unit.name]
        self._note(why)
        return tuple(replace(command, words=(*command.words, word)) for command in commands)

    def _stay(self, unit: Unit, command: Command, variables: Mapping[str, str]) -> None:
        place = self.host.root / _own_pid_file(unit).lstrip("/")
        tells = unit.get("Type") == "notify"
        with self._log(unit.name).open("ab") as log, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            place.unlink(missing_ok=True)  # of the run before
            argv = self._argv(unit, command, pid_file=_own_pid_file(unit))
            env = {**variables, "NOTIFY_SOCKET": self._listen(unit, told)} if tells else variables
            self._running[unit.name] = self.host.start(argv, env=env, log=log)
            self._wait_while_it_starts(unit, lambda: _is_written(place))
            if tells:
                self._wait_while_it_starts(unit, lambda: _says_ready(told))

    def _listen(self, unit: Unit, told: socket.socket) -> str:
        """Where a program tells that it takes requests from now on, as systemd has it told."""
        path = f"{_own_pid_file(unit)}.notice"
        place = self.host.root / path.lstrip("/")
        place.unlink(missing_ok=True)
        told.bind(str(place))
        told.setblocking(False)
        place.chmod(0o777)
        return path

    def _wait_while_it_starts(self, unit: Unit, comes: Callable[[], bool]) -> None:
        """Until something comes, or the program has ended, or the time is over."""
        running, until = self._running.get(unit.name), time.monotonic() + STARTING_SECONDS
        while not comes() and time.monotonic() < until and (running is None or running.poll() is None):
            time.sleep(0.01)

    def _run(self, unit: Unit, command: Command, variables: Mapping[str, str]) -> None:
        """Run one line of a unit to its end; its daemon may go on with the log."""
        with self._log(unit.name).open("ab") as log:
            program = self.host.start(self._argv(unit, command), env=variables, log=log)
            try:
                status = program.wait(STARTING_SECONDS)
            except subprocess.TimeoutExpired:
                program.kill()
                status = program.wait()
        if status and not command.may_fail:
            line = shlex.join(command.words)
            raise TierwrightError(
                f"{self.host.name}: {unit.name}: `{line}` ended with {status}: {self.said(unit.name)}"
            )

    def _argv(self, unit: Unit, command: Command, pid_file: str = "") -> list[str]:
        """A shell sets what a process has (its file of its number, umask, directory), then becomes the program."""
        lines = [f"umask {unit.get('UMask', '0022')}"]
        if pid_file:
            lines.append(f"echo $$ > {shlex.quote(pid_file)}")
        lines += [f"cd {shlex.quote(unit.get('WorkingDirectory', '/').lstrip('-~') or '/')}", 'exec "$@"']
        as_user = [] if command.as_root else self._as_user(unit)
        return ["/bin/sh", "-ec", "; ".join(lines), unit.name, *_limits(unit), *as_user, *command.words]

    def _as_user(self, unit: Unit) -> list[str]:
        user, group = unit.get("User"), unit.get("Group")
        options = []
        if user and user != "root":
            options += [f"--reuid={user}", f"--regid={group or self._group_of(user)}", "--init-groups"]
        names = [name.lower().removeprefix("cap_") for line in unit.all("AmbientCapabilities") for name in line.split()]
        if names:
            listed = ",".join(f"+{name}" for name in names)
            options += [f"--inh-caps={listed}", f"--ambient-caps={listed}"]
        if unit.flag("NoNewPrivileges"):
            options.append("--no-new-privs")
        return ["setpriv", *options, "--"] if options else []

    def _group_of(self, user: str) -> str:
        return self.host.run(["id", "-g", user]).output.strip() or user

    def _environment(self, unit: Unit) -> dict[str, str]:
        found = plain_environment() | unit.environment()
        for line in unit.all("EnvironmentFile"):
            place = self.host.root / line.lstrip("-").lstrip("/")
            if place.is_file():
                found |= read_environment(place.read_text(encoding="utf-8"))
            elif not line.startswith("-"):
                raise TierwrightError(f"{self.host.name}: {unit.name}: the environment file {line} is not there")
        user = unit.get("User") or "root"
        return found | {"USER": user, "LOGNAME": user, "MAINPID": self._main_pid(unit)}

    def _main_pid(self, unit: Unit) -> str:
        for path in (_own_pid_file(unit), unit.get("PIDFile")):
            place = self.host.root / path.lstrip("/").replace("var/run/", "run/", 1)
            if path and _is_written(place):
                return place.read_text(encoding="utf-8").split()[0]
        return ""

    def _prepare(self, unit: Unit) -> None:
        """Make the directories of a unit, and show it its secrets."""
        owner = f"{unit.get('User') or 'root'}:{unit.get('Group') or ''}"
        lines = [f"mkdir -p {PIDS}"]
        for key, top in DIRECTORIES.items():
            mode = unit.get(f"{key}Mode", "0755")
            for name in unit.directories(key):
                place = shlex.quote(f"{top}/{name}")
                lines += [f"mkdir -p {place}", f"chmod {mode} {place}", f"chown {owner} {place}"]
        folder = shlex.quote(f"{CREDENTIALS}/{unit.name}")
        for line in unit.all("LoadCredential"):
            name, _, source = line.partition(":")
            if not source:  # a credential of the machine's own, which there may be or not
                continue
            target = f"{folder}/{shlex.quote(name)}"
            lines += [f"install -d -m 0500 -o {owner.partition(':')[0]} {folder}"]
            lines += [f"install -m 0400 -o {owner.partition(':')[0]} {shlex.quote(source)} {target}"]
        ran = self.host.run(["/bin/sh", "-ec", "\n".join(lines)])
        if ran.status:
            raise TierwrightError(f"{self.host.name}: {unit.name}: {ran.output.strip()}")

    def _stop_service(self, unit: Unit) -> None:
        variables = self._environment(unit)
        pid = variables["MAINPID"]
        for command in unit.commands("ExecStop", variables):
            self._run(unit, Command(words=command.words, may_fail=True, as_root=command.as_root), variables)
        running = self._running.pop(unit.name, None)
        if pid:
            signal = unit.get("KillSignal", "SIGTERM").removeprefix("SIG")
            self.host.run(["/bin/sh", "-c", _END, "end", pid, signal, str(int(STOPPING_SECONDS * 10))])
        if running is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(STOPPING_SECONDS)


_EMPTY_RUN = "find /run -mindepth 1 -maxdepth 1 ! -name rehearsal -exec rm -rf {} +; rm -rf /run/rehearsal/pids"
_END = 'kill -s "$2" "$1"; i=0; while kill -0 "$1" && [ $i -lt "$3" ]; do sleep 0.1; i=$((i+1)); done; kill -KILL "$1"'


def _own_pid_file(unit: Unit) -> str:
    return f"{PIDS}/{unit.name}"


def _limits(unit: Unit) -> list[str]:
    """Its limit of open files, as far as this machine grants it."""
    files = unit.get("LimitNOFILE").rpartition(":")[2]
    if not files.isdecimal():
        return []
    return ["prlimit", f"--nofile={min(int(files), resource.getrlimit(resource.RLIMIT_NOFILE)[1])}", "--"]


def _says_ready(told: socket.socket) -> bool:
    """Whether a program has told so, among whatever else it tells."""
    with contextlib.suppress(BlockingIOError):
        return b"READY=1" in told.recv(4096).split(b"\n")
    return False


def _is_written(place: Path) -> bool:
    """Whether a file of a number holds one: between its making and its writing it is empty."""
    try:
        return bool(place.read_text(encoding="utf-8").strip())
    except OSError:
        return False
