"""From decided values to the text of configuration files, so that no value can change a file's structure.

Nested formats come from Jinja2 templates beside the component; key/value formats from the small serializers
here. A value is a number or a `Token`: a word made only of characters that no format gives a meaning to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, LiteralString

import jinja2

from topology.components.base import Component

_TOKEN = re.compile(r"([A-Za-z0-9_./:@+*,-][A-Za-z0-9_./:@+*,~-]*)?", re.ASCII)


class Token(str):
    """A word without blanks, quotes, braces, `;`, `#`, `$`, `%`, `\\`, `=` or control characters.

    A tilde may stand within it, as in /~news/, not at its head, where nginx and the shell read it otherwise.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Token:
        if not _TOKEN.fullmatch(text):
            raise ValueError(f"{text!r} may not stand in a configuration file")
        return super().__new__(cls, text)


Written = int | float | str
Pairs = Iterable[tuple[str, Written]]


def render(component: Component, template: str, **values: Any) -> str:
    """The text of a component's template; strings among the values must be fit to be tokens (ValueError)."""
    environment = _environment(component.folder)
    return environment.get_template(template).render({name: _safe(value) for name, value in values.items()})


def assignments(pairs: Pairs, *, sign: str = " = ", comment: str = "") -> str:
    """`key = value` lines, as PostgreSQL and sysctl read them; strings are written as they are, as tokens."""
    head = f"# {Token(comment.replace(' ', '_')).replace('_', ' ')}\n" if comment else ""
    return head + "".join(f"{Token(key)}{sign}{_plain(value)}\n" for key, value in pairs)


def sections(parts: Sequence[tuple[str, Pairs]], *, sign: str = "=") -> str:
    """An INI file: systemd units, pgbouncer. A key may stand several times."""
    blocks = [f"[{Token(name)}]\n{assignments(pairs, sign=sign)}" for name, pairs in parts]
    return "\n".join(blocks)


def words(*parts: Written) -> str:
    """Words with a blank between them: the one way to write a value of several words."""
    return _Words(" ".join(_plain(part) for part in parts))


def joined(*parts: Written, sign: str = ",") -> str:
    """Parts without blanks between them: lists of addresses, mount options."""
    return _Words(Token(sign).join(_plain(part) for part in parts))


def option(key: str, value: Written) -> str:
    """`key=value` as one word: a mount option, or a part of a connection string."""
    return _Words(f"{Token(key)}={_plain(value)}")


def quoted(value: Written) -> str:
    """The value in single quotes, as PostgreSQL reads it; nothing that passes here holds a quote."""
    return _Words(f"'{_plain(value)}'")


def fixed(text: LiteralString) -> str:
    """A line that stands in the program's own source, with the signs that no value may hold: `$MAINPID`."""
    return _Words(text)


class _Words(str):
    """Tokens put together by the functions of this module, so that they hold nothing else."""

    __slots__ = ()


def _plain(value: Written) -> str:
    if isinstance(value, bool):
        raise TypeError("write a boolean in the words of the format")
    if isinstance(value, _Words):
        return str(value)
    return str(value) if isinstance(value, int | float) else str(Token(value))


def _safe(value: Any) -> Any:
    """The value with every string in it made a token; mappings become attribute-free dictionaries."""
    if isinstance(value, Token | _Words | bool | int | float) or value is None:
        return value
    if isinstance(value, str):
        return Token(value)
    if isinstance(value, Mapping):
        return {key: _safe(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_safe(item) for item in value]
    raise TypeError(f"{type(value).__name__} is not handed to a template; hand in its values")


def _finalize(value: Any) -> Any:
    if isinstance(value, Token | _Words) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, jinja2.Undefined):
        return str(value)  # raises UndefinedError, which names what was not handed in
    raise TypeError(f"a template may not print {type(value).__name__}")


@cache
def _environment(folder: Path) -> jinja2.Environment:
    return jinja2.Environment(
        # A member of a family has its own templates, then those that its family shares.
        loader=jinja2.FileSystemLoader([folder / "templates", folder.parent / "templates"]),
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
