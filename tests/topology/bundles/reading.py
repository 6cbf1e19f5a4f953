"""Readers of rendered files that share nothing with what wrote them: text in, a tree of words out.

nginx is read by crossplane, Python by its own parser, INI by configparser, tables by csv; the formats that have no
parser of their own in Python are read by one small lexer that knows quotes, comments, braces and line ends.
"""

from __future__ import annotations

import ast
import configparser
import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import crossplane

Tree = str | int | float | None | list["Tree"]
Reader = Callable[[str], Tree]


def read(member: str, text: str) -> Tree:
    """The tree of a member of a bundle, by the kind of file that its path says it is; KeyError for another kind."""
    for pattern, reader in _READERS:
        if re.search(pattern, member):
            return reader(text)
    raise KeyError(f"no reader is known for {member}")


def nginx(text: str) -> Tree:
    """The directives as crossplane reads them."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        parsed = crossplane.parse(file.name, single=True, comments=True, check_ctx=False, check_args=False)
    assert parsed["status"] == "ok", parsed["errors"]
    return [_directive(item) for item in parsed["config"][0]["parsed"]]


def _directive(item: dict[str, Any]) -> Tree:
    words: list[Tree] = [item["directive"], *item["args"]]
    inner: list[Tree] = [_directive(part) for part in item.get("block", ())]
    return [words, inner, item.get("comment")]


def python(text: str) -> Tree:
    """The syntax tree; names, strings and numbers are its leaves."""
    return _node(ast.parse(text))


def _node(value: Any) -> Tree:
    if isinstance(value, ast.AST):
        return [type(value).__name__, *(_node(inner) for _, inner in ast.iter_fields(value))]
    if isinstance(value, list):
        return [_node(inner) for inner in value]
    return value if isinstance(value, str | int | float) or value is None else repr(value)


class _Collecting(dict[str, Any]):
    """Keeps every value of a key that stands several times."""

    def __setitem__(self, key: str, value: Any) -> None:
        earlier = self.get(key)
        joined = [*earlier, *value] if isinstance(earlier, list) and isinstance(value, list) else value
        super().__setitem__(key, joined)


class _Parser(configparser.RawConfigParser):
    """Keeps the case of keys."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def ini(text: str) -> Tree:
    """Sections with their keys, every value of each."""
    parser = _Parser(
        dict_type=_Collecting,
        strict=False,
        delimiters=("=",),
        allow_no_value=True,
        default_section="\0none",
        empty_lines_in_values=False,
    )
    parser.read_string(text if text.lstrip().startswith("[") else f"[no section]\n{text}")
    return [[name, [[key, value] for key, value in parser.items(name)]] for name in parser.sections()]


def table(text: str) -> Tree:
    """Rows of cells."""
    return [list(row) for row in csv.reader(io.StringIO(text))]


def lines(text: str, *, comment: str = "#") -> Tree:
    """Words line by line; no braces."""
    return _parse(text, comment=comment, marks="", quotes="\"'")


def blocks(text: str, *, comment: str = "#", ends: str = ";") -> Tree:
    """Words in statements that braces nest."""
    return _parse(text, comment=comment, marks=f"{{}}{ends}", quotes="\"'")


def prose(text: str) -> Tree:
    """Markdown: its lines, and the shell of its fenced blocks as words."""
    tree: list[Tree] = []
    for number, part in enumerate(re.split(r"^```(?:sh)?$", text, flags=re.MULTILINE)):
        tree.append(_parse(part, comment="#", marks=";|&<>()`$", quotes="\"'") if number % 2 else [*part.splitlines()])
    return tree


def _parse(text: str, *, comment: str, marks: str, quotes: str) -> Tree:
    tree: list[Tree] = []
    stack, statement = [tree], []
    for kind, word in _lex(text, comment, marks, quotes):
        if kind == "word":
            statement.append(word)
            continue
        if statement or kind == "mark":
            stack[-1].append([*statement, word if kind == "mark" else ""])
            statement = []
        if word == "{":
            inner: list[Tree] = []
            stack[-1].append(inner)
            stack.append(inner)
        elif word == "}":
            stack.pop()
            assert stack, "a brace is closed that was not opened"
    assert len(stack) == 1, "a brace is left open"
    return [*tree, [*statement]]


def _lex(text: str, comment: str, marks: str, quotes: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(text):
        sign = text[position]
        if sign == "\n":
            yield "end", sign
        elif sign in comment:
            end = text.find("\n", position)
            yield "word", text[position : end if end >= 0 else len(text)]
            position = (end if end >= 0 else len(text)) - 1
        elif sign in quotes:
            end = _closing(text, position)
            yield "word", text[position : end + 1]
            position = end
        elif sign in marks:
            yield "mark", sign
        elif not sign.isspace():
            end = position
            while end < len(text) and not text[end].isspace() and text[end] not in marks + quotes + comment:
                end += 2 if text[end] == "\\" else 1
            yield "word", text[position:end]
            position = end - 1
        position += 1


def _closing(text: str, start: int) -> int:
    end = start + 1
    while text[end] != text[start]:  # IndexError where a quote is left open
        end += 2 if text[end] == "\\" and text[start] == '"' else 1
    return end


_READERS: tuple[tuple[str, Reader], ...] = (
    (r"/nginx/.*\.conf$", nginx),
    (r"\.py$", python),
    (r"/systemd/system/|pgbouncer.*\.ini$|/nfs\.conf\.d/", ini),
    (r"/bind/named\.conf", lambda text: blocks(text, comment="")),
    (r"/bind/(db\.|.*zone)", lambda text: lines(text, comment=";")),
    (r"/keepalived/", lambda text: blocks(text, comment="!#", ends="")),
    (r"nftables\.conf$", blocks),
    (
        r"haproxy\.cfg$|/hosts$|/hostname$|/exports\.d/|/tmpfiles\.d/|memcached\.conf$|/pg_hba\.conf$|/conf\.d/.*\.conf$",
        lines,
    ),
    (r"/chrony\.conf$|/sshd_config\.d/|/etc/default/|/prometheus/.*\.yml$", lines),
    (r"/logrotate\.d/", lambda text: blocks(text, ends="")),
    (r"/sysctl\.d/|/ifconfig|packages\.txt$", lines),
    (r"edges\.csv$", table),
    (r"PREPARE\.md$", prose),
)
