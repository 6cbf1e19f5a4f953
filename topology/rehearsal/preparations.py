"""Does what the components ask a person to do once on a host, with throw-away secrets where a person would type."""

from __future__ import annotations

import re
import secrets
import shlex
from collections.abc import Iterator, Mapping

from topology.components import Cluster, ConfigFile, Placed, Preparation
from topology.errors import TierwrightError
from topology.rehearsal.installation import make_venv
from topology.rehearsal.supervision import Services

_VENV = re.compile(r"(?:/usr/bin/)?python3 -m venv (\S+)")
_INSTALLED = re.compile(r"\S+/bin/pip install .*|apt-get install .*")
_SYSTEMCTL = re.compile(r"systemctl ([a-z-]+)((?: \S+)*)")
_EDITOR = re.compile(r"editor (\S+)")
_ASKS_DATABASE = re.compile(r"runuser -u postgres -- psql .*")
_TO_WRITE = re.compile(r": (\S*PASSWORD(?:, \S*PASSWORD)*)$")
_TYPED = re.compile(r"--pwprompt|\bread -|\bcat >")
_ONLY_AT_A_TERMINAL = re.compile(r"^(pg_enc .*)-p (.*)$", re.MULTILINE)
"""It takes the password as its last word as well, which no person should use: others see it."""
_TWICE = "--pwprompt"
_COPIED = "copied to the others"
_OURS = (_VENV, _INSTALLED, _SYSTEMCTL, _EDITOR, _ASKS_DATABASE)
"""Lines that are not for the host's shell alone."""
SECONDS = 120


class Preparing:
    """The preparations of one cluster."""

    def __init__(self, cluster: Cluster, services: Mapping[str, Services]) -> None:
        self._cluster = cluster
        self._services = services
        self.password = secrets.token_hex(16)
        """The one that is typed wherever a line asks for one."""
        self._done: dict[Preparation, str] = {}
        """What was done, and the host that has its secrets."""
        self._copied = ""

    def prepare(self, placed: Placed, *, migrated: bool = False) -> None:
        """Do everything that a role asks for before the first migration, or after it; in its order.

        Raises TierwrightError where a line fails.
        """
        for each in placed.component.preparations(placed):
            if each.migrated != migrated:
                continue
            earlier = self._done.get(each) if _COPIED in each.does else None
            if earlier is not None and earlier != placed.host.name:
                self._copy(each, earlier, placed.host.name)
                continue
            for block in _blocks(each.lines):
                self._do(block, each, placed.host.name)
            self._done[each] = placed.host.name

    def _copy(self, preparation: Preparation, source: str, target: str) -> None:
        """The same secret on every server, as a person would copy it."""
        for line in preparation.lines:
            if line.startswith("install -d "):
                self._run(line, target)
        for path in preparation.secrets:
            place = self._services[source].host.root / path.lstrip("/")
            state = self._services[source].host.run(["stat", "-c", "%U:%G %a", path]).output.split()
            file = ConfigFile(path=path, text=place.read_text(encoding="utf-8"), owner=state[0], mode=int(state[1], 8))
            self._services[target].host.lay([file])

    def _do(self, line: str, preparation: Preparation, host: str) -> None:
        if found := _VENV.fullmatch(line):
            make_venv(self._services[host].host, found[1])
        elif found := _SYSTEMCTL.fullmatch(line):
            self._systemctl(found[1], found[2].split(), host)
        elif found := _EDITOR.fullmatch(line):
            self._write(found[1], preparation, host)
        elif _ASKS_DATABASE.fullmatch(line) and not self._is_database(host):
            self._copied = self._run(line, self._cluster.hosts_offering("sql")[0].name)
        elif not _INSTALLED.fullmatch(line):
            self._run(line, host)

    def _systemctl(self, verb: str, words: list[str], host: str) -> None:
        services = self._services[host]
        verbs = {"start": services.start, "stop": services.stop, "restart": services.restart, "reload": services.reload}
        if verb == "enable" and "--now" in words:
            verb = "start"
        for word in words:
            if verb in verbs and not word.startswith("-"):
                verbs[verb](word)

    def _write(self, path: str, preparation: Preparation, host: str) -> None:
        """What a person would write into a file: the line that is asked for, or what an earlier line answered."""
        wanted = _TO_WRITE.search(preparation.does)
        lines = wanted[1].replace("PASSWORD", self.password).split(", ") if wanted else []
        text = "".join(f"{line}\n" for line in lines) if wanted else self._copied
        line = f"cat > {shlex.quote(path)}"  # keeps owner and mode of the file that the line before has made
        ran = self._services[host].host.run(["/bin/sh", "-c", line], input=text)
        if ran.status:
            raise TierwrightError(f"{host}: {line}: {ran.output.strip()}")

    def _run(self, lines: str, host: str) -> str:
        """Run lines in one shell, as a person pastes them, with the password typed where they ask for one."""
        pasted = typed(_ONLY_AT_A_TERMINAL.sub(rf"\1\2 {self.password}", lines), self.password)
        ran = self._services[host].host.run(["/bin/bash", "-eo", "pipefail", "-c", pasted], seconds=SECONDS)
        if ran.status:
            raise TierwrightError(f"{host}: the preparation `{lines}` ended with {ran.status}: {ran.output.strip()}")
        return ran.output

    def _is_database(self, host: str) -> bool:
        return any(host == each.name for each in self._cluster.hosts_offering("sql", "sql_replica"))


def typed(lines: str, password: str) -> str:
    """The lines for bash, each that asks for a password with an input of its own.

    From one input for all, the first program would read what is meant for the next ones as well.
    """
    return "\n".join(_typed(line, password) for line in lines.splitlines())


def _typed(line: str, password: str) -> str:
    asked = sum(2 if found == _TWICE else 1 for found in _TYPED.findall(line))
    return f"{{ {line}\n}} <<<{shlex.quote(chr(10).join([password] * asked))}" if asked else line


def _blocks(lines: tuple[str, ...]) -> Iterator[str]:
    """Lines that one shell runs, together, since one may set what the next one uses; the others one by one."""
    kept: list[str] = []
    for line in lines:
        if any(form.fullmatch(line) for form in _OURS):
            if kept:
                yield "\n".join(kept)
            kept = []
            yield line
        else:
            kept.append(line)
    if kept:
        yield "\n".join(kept)
