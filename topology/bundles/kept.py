"""Answers of programs that are kept from one export to the next, by everything that they rest on."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path

from topology.components import Component

MOST = 20_000
"""Answers that are kept; then the oldest half goes."""


@dataclass(frozen=True, kw_only=True)
class KeptAnswer:
    """What a program said of files that it accepted, and on which host they stood."""

    output: str
    host: str


class Kept:
    """A directory with one file an answer. Only acceptance is kept: whatever was refused is asked again.

    The key is a digest of the files, their places and ties, the program with its version, and our own code that asked
    it. A directory that cannot be read or written keeps nothing, and nothing else changes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> KeptAnswer | None:
        """The answer of that key, or None."""
        try:
            data = json.loads((self._folder / key).read_bytes())
            return KeptAnswer(output=data["output"], host=data["host"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, answer: KeptAnswer) -> None:
        """Keep an answer."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder)
            with open(handle, "w", encoding="utf-8") as file:
                json.dump({"output": answer.output, "host": answer.host}, file)
            os.replace(name, self._folder / key)

    def tidy(self) -> None:
        """Let the oldest half go where there are too many."""
        with suppress(OSError):
            found = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime)
            for path in found[: len(found) // 2] if len(found) > MOST else []:
                path.unlink(missing_ok=True)


def key_of(component: Component, version: str, likeness: object) -> str:
    """The digest of a check: our code, the program's version, and what the check rests on."""
    text = repr((_source_of(component.folder), version, _plain(likeness)))
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _source_of(folder: Path) -> str:
    """The digest of a component's own code and of what all validators share."""
    shared = (Path(__file__).parent, folder.parent)
    files = sorted({*folder.rglob("*.py"), *folder.rglob("*.txt"), *(p for top in shared for p in top.glob("*.py"))})
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _plain(value: object) -> object:
    """The same for every run: sets in order, values as their names and fields."""
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value).__name__, *((each.name, _plain(getattr(value, each.name))) for each in fields(value)))
    if isinstance(value, set | frozenset):
        return sorted((_plain(each) for each in value), key=repr)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return sorted(((key, _plain(each)) for key, each in value.items()), key=repr)
    return value
