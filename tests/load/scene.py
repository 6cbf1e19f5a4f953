"""A small site that is prepared once and copied for each drill, with people at work on it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.load.people import OPEN, Record, VirtualPerson
from tests.load.site import Site, prepare, site, variables_of

Desks = Sequence[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A directory of data with a small database, and who is logged in there."""

    folder: Path
    desks: Desks

    def copied(self, folder: Path) -> Path:
        """The same data in another place."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return folder


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A site that runs on a copy."""

    site: Site
    folder: Path
    desks: Desks
    people: list[VirtualPerson] = field(default_factory=list)
    """Whoever was asked for; they hang up at the end."""

    def person(self, name: str = "drill", seed: int = 1) -> VirtualPerson:
        """Somebody who has an open proposal of their own."""
        desk = next(each for each in self.desks if any(_is_open_own(row) for row in each["proposals"]))
        self.people.append(VirtualPerson(desk, self.site.port, Record(name=name), seed))
        return self.people[-1]

    def database(self) -> sqlite3.Connection:
        """The database itself; for looking, and for what must be true at the start of a drill."""
        return sqlite3.connect(self.folder / "db.sqlite3", timeout=60, isolation_level=None)

    def said(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a question."""
        with closing(self.database()) as connection:
            return list(connection.execute(sql))

    def missing(self, marks: Sequence[str]) -> list[str]:
        """Acknowledged writes that are not there exactly once."""
        return desk_says(self.site.variables, "look", given=list(marks))  # type: ignore[no-any-return]

    def history(self) -> str:
        """What `verify_history` says."""
        return self.site.manage("verify_history", check=False).stdout.strip()


def _is_open_own(row: Mapping[str, Any]) -> bool:
    return bool(row["own"]) and row["state"] in OPEN


def is_whole(history: str) -> bool:
    """Whether every line of it says so."""
    return bool(history) and all(line.endswith("whole") for line in history.splitlines())


def prepared(folder: Path, *, people: int = 12) -> Prepared:
    """Make the small database once."""
    variables = variables_of(folder, sqlite_in(folder))
    prepare(variables)
    return Prepared(folder=folder, desks=desk_says(variables, "fill", "small", str(people)))


@contextmanager
def scene(
    data: Prepared, folder: Path, *, workers: int = 2, preload: bool = False, more: Mapping[str, str] | None = None
) -> Iterator[Scene]:
    """A site on a copy of the data."""
    copied = data.copied(folder)
    variables = variables_of(copied, sqlite_in(copied), **(more or {}))
    with site(variables, workers=workers, preload=preload) as found:
        stage = Scene(site=found, folder=copied, desks=data.desks)
        try:
            yield stage
        finally:
            for person in stage.people:
                person.browser.close()


def sqlite_in(folder: Path) -> str:
    """The URL of the database in a directory of data."""
    return f"sqlite:///{folder / 'db.sqlite3'}"


def desk_says(variables: Mapping[str, str], *arguments: str, given: Any = None) -> Any:
    """Something that is done beside the site, in a process with its settings."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.load.desk", *arguments], cwd=ROOT, env=dict(variables), text=True,
        input=json.dumps(given), capture_output=True, timeout=3600, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"desk {' '.join(arguments)}: {done.stderr[-3000:]}")
    return json.loads(done.stdout)
