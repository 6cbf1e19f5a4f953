"""YAML and JSON read without surprises: no aliases, no tags, no repeated keys, limits on size and depth.

Scalars follow the YAML 1.2 core schema (`no`, `on`, `012` and `1:30` stay strings), and the place of every
key and item is kept, so that a refusal can name the line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from topology.errors import Place, TierwrightError

MAX_BYTES = 5_000_000
MAX_DEPTH = 32
MAX_NODES = 200_000

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?")
_WORDS: Mapping[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Tree:
    """Plain data (dict, list, str, int, float, bool, None) and the line on which each path begins."""

    data: Any
    lines: Mapping[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int | None:
        """The line of a path, or of the nearest thing around it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path)


def read(content: str | bytes, *, file: str | None = None) -> Tree:
    """Read YAML (and so JSON) text; raises TierwrightError with file and line."""
    text = _decode(content, file)
    lines: dict[Path, int] = {}
    try:
        _check_events(text, file)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        data = None if node is None else _build(node, (), lines, file)
    except yaml.YAMLError as error:
        raise _refusal(error, file) from None
    return Tree(data=data, lines=lines)


def write(data: Any) -> str:
    """Plain data as YAML text that this reader, and any other, reads back as the same data."""
    return yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None, indent=2
    )


def path_text(path: Path) -> str:
    """A path as people write it: tiers[1].servers.count."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _decode(content: str | bytes, file: str | None) -> str:
    if len(content) > MAX_BYTES:
        raise TierwrightError(
            f"this document has more than {MAX_BYTES // 1_000_000} MB; a plan is far smaller", place=Place(file=file)
        )
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content.removeprefix("\ufeff")
        text.encode("utf-8")
    except UnicodeError:
        raise TierwrightError(
            "this is not UTF-8 text; a plan is a YAML or JSON file in UTF-8", place=Place(file=file)
        ) from None
    return text


def _check_events(text: str, file: str | None) -> None:
    depth = 0
    for nodes, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        where = Place(file=file, line=_line(event))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise TierwrightError("YAML anchors and aliases are not read; write the value out", place=where)
        if tag := getattr(event, "tag", None):
            raise TierwrightError(f"the tag {tag} is not read; write a plain value", place=where)
        if depth > MAX_DEPTH:
            raise TierwrightError(f"nested more than {MAX_DEPTH} deep; a plan never is", place=where)
        if nodes > MAX_NODES:
            raise TierwrightError(f"more than {MAX_NODES} values; a plan never has so many", place=where)


def _line(event: yaml.Event) -> int | None:
    return None if event.start_mark is None else event.start_mark.line + 1


def _build(node: yaml.Node, path: Path, lines: dict[Path, int], file: str | None) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    where = Place(file=file, line=node.start_mark.line + 1, path=path_text(path) or None)
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, path, lines, file))
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, number), lines, file) for number, item in enumerate(node.value)]
    return _scalar(node, where)


def _pairs(node: yaml.MappingNode, path: Path, lines: dict[Path, int], file: str | None) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key_node, value_node in node.value:
        where = Place(file=file, line=key_node.start_mark.line + 1, path=path_text(path) or None)
        if not isinstance(key_node, yaml.ScalarNode):
            raise TierwrightError("a key must be a word", place=where)
        key = key_node.value
        if key in seen:
            raise TierwrightError(f"the key {json.dumps(key)} stands here twice", place=where)
        seen.add(key)
        lines[(*path, key)] = key_node.start_mark.line + 1
        yield key, _build(value_node, (*path, key), lines, file)


def _scalar(node: yaml.Node, where: Place) -> Any:
    text: str = node.value
    if getattr(node, "style", None):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > 400 and (_INT.fullmatch(text) or _FLOAT.fullmatch(text)):
        raise TierwrightError("this number is too long", place=where)
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _refusal(error: yaml.YAMLError, file: str | None) -> TierwrightError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or "this is not YAML or JSON"
    line = None if mark is None else mark.line + 1
    return TierwrightError(f"this is not readable YAML or JSON: {problem}", place=Place(file=file, line=line))


class _Dumper(yaml.SafeDumper):
    """Writes strings so that no reader, of YAML 1.1 or 1.2, takes them for anything else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _write_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    looks_like_more = text in _WORDS or _INT.fullmatch(text) or _FLOAT.fullmatch(text)
    style = '"' if looks_like_more or any(_is_odd(c) for c in text) else None
    if style is None and "\n" in text and text == text.strip() and " \n" not in text:
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _write_float(dumper: _Dumper, number: float) -> yaml.ScalarNode:
    text = repr(number)
    if "." not in text:
        text = text.replace("e", ".0e")
    return dumper.represent_scalar("tag:yaml.org,2002:float", text)


def _is_odd(character: str) -> bool:
    return (ord(character) < 32 and character != "\n") or character in "\x7f\x85\u2028\u2029\ufeff"


_Dumper.add_representer(str, _write_text)
_Dumper.add_representer(float, _write_float)
