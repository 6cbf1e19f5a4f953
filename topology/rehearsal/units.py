"""Reads systemd's units as a host has them, ours and its packages', with drop-ins merged and specifiers filled in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from topology.errors import TierwrightError

FOLDERS = ("etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system")
"""Where units are looked for below a root, the first one holds (systemd.unit(5))."""
DIRECTORIES = {
    "RuntimeDirectory": "/run",
    "StateDirectory": "/var/lib",
    "CacheDirectory": "/var/cache",
    "LogsDirectory": "/var/log",
    "ConfigurationDirectory": "/etc",
}
CREDENTIALS = "/run/credentials"
_PREFIXES = "@-:+!|"
_NEWLINE = re.compile(r"\\\n[ \t]*")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_ESCAPED = re.compile(r"\\x([0-9a-f]{2})")


@dataclass(frozen=True, kw_only=True)
class Command:
    """One line that a unit runs."""

    words: tuple[str, ...]
    may_fail: bool = False
    as_root: bool = False


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit with everything that its files and drop-ins say."""

    name: str
    lines: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """Values by section and key, in order; an empty value has cleared the earlier ones."""

    @property
    def kind(self) -> str:
        """service, mount, automount, timer, socket ..."""
        return self.name.rpartition(".")[2]

    @property
    def instance(self) -> str:
        """What stands between @ and the ending, as it is written; empty for a plain unit."""
        return self.name.rpartition(".")[0].partition("@")[2]

    def all(self, key: str, section: str = "Service") -> tuple[str, ...]:
        """Every value of a key, specifiers filled in."""
        return tuple(self._filled(value) for value in self.lines.get((section, key), ()))

    def get(self, key: str, default: str = "", section: str = "Service") -> str:
        """The last value of a key."""
        values = self.all(key, section)
        return values[-1] if values else default

    def flag(self, key: str, section: str = "Service") -> bool:
        """Whether a key says yes."""
        return self.get(key, section=section).lower() in ("yes", "true", "on", "1")

    def commands(self, key: str, environment: Mapping[str, str]) -> tuple[Command, ...]:
        """The commands of ExecStart and its like, with variables filled in."""
        return tuple(_command(value, environment) for value in self.all(key))

    def environment(self) -> dict[str, str]:
        """Its Environment lines, and where it finds its directories and credentials."""
        found: dict[str, str] = {}
        for line in self.all("Environment"):
            found.update(word.partition("=")[::2] for word in shlex.split(line))
        for key, top in DIRECTORIES.items():
            paths = [f"{top}/{name}" for name in self.directories(key)]
            if paths:
                found[_SHOUTED.sub(r"\1_\2", key).upper()] = ":".join(paths)
        if self.all("LoadCredential"):
            found["CREDENTIALS_DIRECTORY"] = f"{CREDENTIALS}/{self.name}"
        return found

    def directories(self, key: str) -> tuple[str, ...]:
        """Names in RuntimeDirectory and its like."""
        return tuple(name for line in self.all(key) for name in line.split())

    def _filled(self, value: str) -> str:
        table = {
            "i": self.instance,
            "I": unescaped(self.instance),
            "n": self.name,
            "N": self.name.rpartition(".")[0],
            "p": self.name.partition("@")[0].rpartition(".")[0] or self.name.partition("@")[0],
            "t": "/run",
            "S": "/var/lib",
            "C": "/var/cache",
            "L": "/var/log",
            "E": "/etc",
            "T": "/tmp",
            "d": f"{CREDENTIALS}/{self.name}",
            "%": "%",
        }
        return re.sub(r"%(.)", lambda found: table.get(found[1], found[0]), value)


_SHOUTED = re.compile(r"([a-z])([A-Z])")


def read_unit(root: Path, name: str) -> Unit:
    """The unit of that name as a host has it; raises TierwrightError where it has none."""
    lines: dict[tuple[str, str], list[str]] = {}
    main = _find(root, name)
    if main is None:
        raise TierwrightError(f"no package and no file of the bundle brings the unit {name}")
    for file in (main, *_drop_ins(root, name)):
        for section, key, value in parse(file.read_text(encoding="utf-8")):
            values = lines.setdefault((section, key), [])
            values.append(value) if value else values.clear()
    return Unit(name=name, lines={key: tuple(values) for key, values in lines.items()})


def parse(text: str) -> Iterator[tuple[str, str, str]]:
    """Section, key and value of every line, continued lines joined."""
    section = ""
    kept = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("#", ";")))
    for line in _NEWLINE.sub(" ", kept).splitlines():
        stripped = line.strip()
        if stripped.startswith("[") and stripped.endswith("]"):
            section = stripped[1:-1]
        elif "=" in stripped:
            key, _, value = stripped.partition("=")
            yield section, key.strip(), value.strip()


def read_environment(text: str) -> dict[str, str]:
    """The variables of an EnvironmentFile."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, sign, value = line.strip().partition("=")
        if sign and not name.startswith(("#", ";")):
            words = shlex.split(value)
            found[name.strip()] = words[0] if len(words) == 1 else " ".join(words)
    return found


def unescaped(name: str) -> str:
    r"""A path as systemd writes it in the name of a unit: - is /, \x2d is -."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), name.replace("-", "/"))


def _find(root: Path, name: str) -> Path | None:
    for wanted in dict.fromkeys((name, _template(name))):
        for folder in FOLDERS:
            place = root / folder / wanted
            if place.is_file():
                return place
    return None


def _drop_ins(root: Path, name: str) -> list[Path]:
    """Drop-ins by their own names: a name in an earlier folder hides the same in a later one."""
    found: dict[str, Path] = {}
    for folder in reversed(FOLDERS):
        for wanted in dict.fromkeys((_template(name), name)):
            for file in (root / folder / f"{wanted}.d").glob("*.conf"):
                found[file.name] = file
    return [found[file] for file in sorted(found)]


def _template(name: str) -> str:
    stem, _, kind = name.rpartition(".")
    base, at, _ = stem.partition("@")
    return f"{base}@.{kind}" if at else name


def _command(line: str, environment: Mapping[str, str]) -> Command:
    bare = line.lstrip(_PREFIXES)
    prefixes = line[: len(line) - len(bare)]
    words = [filled for word in shlex.split(bare) for filled in _expanded(word, environment)]
    if "@" in prefixes:
        del words[1]  # the name under which the program is shown
    return Command(words=tuple(words), may_fail="-" in prefixes, as_root="+" in prefixes or "!" in prefixes)


def _expanded(word: str, environment: Mapping[str, str]) -> Sequence[str]:
    """A word that is one variable becomes as many as it holds; inside a word, and in braces, it is put in as it is."""
    alone = re.fullmatch(r"\$(\w+)", word)
    if alone:
        return environment.get(alone[1], "").split()
    filled = _VARIABLE.sub(lambda found: environment.get(found[1] or "", "") if found[1] else found[0], word)
    return (filled.replace("$$", "$"),)
