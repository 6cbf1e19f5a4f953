"""Reads lighttpd's files back: a small parser of its language, and what both roles say alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from topology.components.lighttpd.main import DROP_IN, MAIN
from topology.components.reading import Listening, Reading, Texts, read_unit, seconds_of

Written = str | tuple[tuple[str, "Written"], ...]
"""A word, or a list of pairs; the key is empty where an item has none."""
_WORD = re.compile(r'#[^\n]*|"(?:[^"\\]|\\.)*"|=>|\+=|==|=~|=\^|[(){},=]|[^\s(){},="#]+')


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A setting, and the conditions in which it stands: ("host", "www.example.com"), ("url", "/blog/")."""

    name: str
    value: Written
    within: tuple[tuple[str, str], ...] = ()

    @property
    def host(self) -> str:
        """The host name of its condition, empty outside of one."""
        return next((value for kind, value in self.within if kind == "host"), "")


def parse(text: str) -> tuple[Setting, ...]:
    """The settings of a file in order; raises ValueError where it ends within a block."""
    words = [word for word in _WORD.findall(text) if not word.startswith("#")]
    return tuple(_settings(_Words(words), ()))


class _Words:
    """The words of a file, taken one by one."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = [*words, ""]
        self._next = 0

    def peek(self) -> str:
        return self._words[self._next]

    def take(self) -> str:
        word = self.peek()
        if not word:
            raise ValueError("the file ends in the middle of something")
        self._next += 1
        return word


def _settings(words: _Words, within: tuple[tuple[str, str], ...]) -> Iterator[Setting]:
    while words.peek() not in ("", "}"):
        name = words.take()
        if name == "else":
            # An else without a condition stands where every condition before it failed.
            if words.peek() == "{":
                yield from _block(words, (*within, ("else", "")))
        elif name == "$HTTP[":
            kind, _, _ = words.take().strip('"'), words.take(), words.take()
            yield from _block(words, (*within, (kind, words.take().strip('"'))))
        elif name in ("include", "include_shell"):
            words.take()
        else:
            words.take()
            yield Setting(name=name, value=_value(words), within=within)


def _block(words: _Words, within: tuple[tuple[str, str], ...]) -> Iterator[Setting]:
    words.take()
    yield from _settings(words, within)
    words.take()


def _value(words: _Words) -> Written:
    word = words.take()
    if word != "(":
        return word.strip('"')
    items: list[tuple[str, Written]] = []
    while words.peek() != ")":
        item = _value(words)
        if words.peek() == "=>":
            words.take()
            items.append((str(item), _value(words)))
        else:
            items.append(("", item))
        if words.peek() == ",":
            words.take()
    words.take()
    return tuple(items)


def pairs(value: Written) -> tuple[tuple[str, Written], ...]:
    """The items of a list; none of a word."""
    return value if isinstance(value, tuple) else ()


def word(found: Sequence[Setting], name: str) -> str | None:
    """The word of the last setting of that name outside of conditions."""
    values = [each.value for each in found if each.name == name and not each.within]
    return values[-1] if values and isinstance(values[-1], str) else None


def read_common(texts: Texts) -> Reading:
    """What both roles say: where it listens, its limits, names, folders and logs."""
    found = parse(texts.get(MAIN, ""))
    unit = read_unit(texts.get(DROP_IN, ""))
    workers, connections = _number(found, "server.max-worker") or 1, _number(found, "server.max-connections")
    files, upload = _number(found, "server.max-fds"), _number(found, "server.max-request-size")
    stop, port = unit.get("Service.TimeoutStopSec", ()), _number(found, "server.port")
    return Reading(
        listens=(Listening(port=port),) if port else (),
        accepts=workers * connections if connections else None,
        workers=workers,
        open_files=workers * files if files else None,
        idle_seconds=_seconds(found, "server.max-keep-alive-idle"),
        graceful_seconds=_graceful(found),
        stop_seconds=seconds_of(stop[-1]) if stop else None,
        upload_bytes=upload * 1024 if upload is not None else None,
        urls={url: str(folder) for each in _named(found, "alias.url") for url, folder in pairs(each.value)},
        names=tuple(dict.fromkeys(each.host for each in found if each.host)),
        trusts=_trusts(found),
        sets_headers=tuple(
            name for each in _named(found, "setenv.set-request-header") for name, _ in pairs(each.value)
        ),
        logs=tuple(filter(None, (word(found, "accesslog.filename"), word(found, "server.errorlog")))),
        requires_mounts=tuple(path for line in unit.get("Unit.RequiresMountsFor", ()) for path in line.split()),
        pid_file=word(found, "server.pid-file"),
    )


def _named(found: Sequence[Setting], name: str) -> Iterator[Setting]:
    return (each for each in found if each.name == name)


def _number(found: Sequence[Setting], name: str) -> int | None:
    written = word(found, name)
    return None if written is None else int(written)


def _seconds(found: Sequence[Setting], name: str) -> float | None:
    number = _number(found, name)
    return None if number is None else float(number)


def _graceful(found: Sequence[Setting]) -> float | None:
    flags = {key: value for each in _named(found, "server.feature-flags") for key, value in pairs(each.value)}
    written = flags.get("server.graceful-shutdown-timeout")
    return float(written) if isinstance(written, str) else None


def _trusts(found: Sequence[Setting]) -> tuple[str, ...] | None:
    listed = [key for each in _named(found, "extforward.forwarder") for key, _ in pairs(each.value)]
    return tuple(listed) or None
