"""Reads Apache's configuration back: every directive with its words and the blocks around it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch

from topology.components.reading import Texts

_OPENS = re.compile(r"<(\w+)\s*(.*?)>$")


@dataclass(frozen=True, kw_only=True)
class Directive:
    """One line that says something."""

    name: str
    """In small letters: Apache does not tell them apart."""
    words: tuple[str, ...]
    within: tuple[tuple[str, str], ...] = ()
    """The blocks around it, outermost first: ("virtualhost", "*:80"), ("location", "/")."""

    @property
    def vhost(self) -> str | None:
        """What the virtual host around it is called in its first line; None in the main part."""
        return next((words for kind, words in self.within if kind == "virtualhost"), None)


def directives_of(texts: Texts, path: str) -> tuple[Directive, ...]:
    """The directives of a file and of those that it includes, in order; nothing where the host has no such file."""
    return tuple(_read(texts, path))


def _read(texts: Texts, path: str) -> Iterator[Directive]:
    blocks: list[tuple[str, str]] = []
    for raw in texts.get(path, "").replace("\\\n", " ").splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        opened = _OPENS.match(line)
        if line.startswith("</"):
            blocks.pop()
        elif opened:
            blocks.append((opened[1].lower(), opened[2].strip().strip('"')))
        else:
            yield from _directive(texts, line, tuple(blocks))


def _directive(texts: Texts, line: str, blocks: tuple[tuple[str, str], ...]) -> Iterator[Directive]:
    name, *words = _words(line)
    if name.lower() in ("include", "includeoptional"):
        for other in sorted(path for path in texts if fnmatch(path, words[0])):
            yield from _read(texts, other)
    else:
        yield Directive(name=name.lower(), words=tuple(words), within=blocks)


def _words(line: str) -> list[str]:
    """A backslash means something before a quote only, as Apache reads it."""
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    lexer.quotes = '"'
    lexer.escapedquotes = '"'
    return list(lexer)


def last(directives: tuple[Directive, ...], name: str, default: str = "") -> str:
    """The first word of the last directive of that name in the main part."""
    found = [each.words[0] for each in directives if each.name == name.lower() and each.vhost is None and each.words]
    return found[-1] if found else default
