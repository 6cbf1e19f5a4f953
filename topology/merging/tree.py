"""A plan document as a tree addressed by names: an item of a list is found by what it is called, not by its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Literal

Form = Literal["keys", "count", "file", "names", "roles", "waivers"]
"""What a branch is written as: a mapping, one of its two narrower kinds, or a list of one of three kinds."""
Path = tuple[str, ...]
Node = Any
"""A Branch, a plain value that is taken as a whole, or MISSING."""

ORDER = "#order"
"""The last part of the path at which the order of a list is found; no name has such a sign."""
LISTS: frozenset[Form] = frozenset({"names", "roles", "waivers"})


class Missing(Enum):
    """The one value that no document holds."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING
"""Stands where a document says nothing, which null does not mean."""


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A part of the document that has parts of its own, by key or by name, in their order."""

    form: Form
    children: Mapping[str, Node]

    @property
    def listed(self) -> bool:
        """Whether it is written as a list, so that the order of its children belongs to it."""
        return self.form in LISTS


def split(path: str) -> Path:
    """The parts of a path, with the escapes of RFC 6901, section 3: ~1 is a slash, ~0 a tilde."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in path.split("/")) if path else ()


def join(path: Path) -> str:
    """The path as text."""
    return "/".join(part.replace("~", "~0").replace("/", "~1") for part in path)


def grow(value: Any, path: Path = ()) -> Node:
    """The tree of a document's plain data, or of the part that stands at `path`.

    It takes anything: a list whose items have no names, or one name twice, is a plain value.
    """
    if isinstance(value, Mapping):
        if path[:1] == ("workload",) and value.keys() >= {"low", "mid", "high"}:
            return dict(value)  # a figure and its range are one statement, and half of it is none
        return Branch(form=_form(value, path), children={key: grow(item, (*path, key)) for key, item in value.items()})
    form = _LISTS.get(pattern(path))
    named = _NAMED[form](value) if form and isinstance(value, list) else None
    if form is None or named is None:
        return value
    return Branch(form=form, children={name: grow(item, (*path, name)) for name, item in named.items()})


def plain(node: Node) -> Any:
    """The plain data of a tree, as a document writes it; an item of a list is without its own name."""
    if not isinstance(node, Branch):
        return node
    if not node.listed:
        return {key: plain(child) for key, child in node.children.items()}
    return [_item(node.form, name, plain(child)) for name, child in node.children.items()]


def same(one: Node, other: Node) -> bool:
    """Whether two parts are written the same; 1, 1.0 and true are three things, as in a digest."""
    if isinstance(one, Branch) and isinstance(other, Branch):
        return (
            one.form == other.form
            and one.children.keys() == other.children.keys()
            and (not one.listed or list(one.children) == list(other.children))
            and all(same(child, other.children[name]) for name, child in one.children.items())
        )
    if isinstance(one, Branch | Missing) or isinstance(other, Branch | Missing):
        return one is other
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def at(node: Node, path: Path) -> Node:
    """The part of a tree at a path; MISSING where nothing is."""
    for number, part in enumerate(path):
        if isinstance(node, Branch) and node.listed and path[number:] == (ORDER,):
            return list(node.children)
        node = node.children.get(part, MISSING) if isinstance(node, Branch) else MISSING
    return node


def replaced(node: Node, path: Path, value: Node) -> Node:
    """The tree with another part at a path, at its list's end where it is new; KeyError where nothing can be there."""
    if not path:
        return value
    if not isinstance(node, Branch):
        raise KeyError(path)
    head, rest = path[0], path[1:]
    if rest and head not in node.children:
        raise KeyError(path)
    child = replaced(node.children[head], rest, value) if rest else value
    return Branch(
        form=node.form, children={k: v for k, v in {**node.children, head: child}.items() if v is not MISSING}
    )


def flatten(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Every statement of a document by its path: `tiers/web/servers/count` is 3.

    Names take the place of positions; what is empty stands as it is, and a list of two or more has its order at
    `#order`. A figure with its range is one statement.
    """
    return dict(_flat(grow(data), ()))


def value_at(data: Mapping[str, Any], path: str) -> Any:
    """What a document says at a path; MISSING where it says nothing."""
    return plain(at(grow(data), split(path)))


def pattern(path: Path) -> Path:
    """The path with a star in the place of each name of a site, a tier, a server or another list's item."""
    if path[:1] == ("tiers",):
        return tuple("*" if number in (1, 3) else part for number, part in enumerate(path))
    return (path[0], "*", *path[2:]) if len(path) > 1 and path[:1] in _LISTS else path


def _flat(node: Node, path: Path) -> Iterator[tuple[str, Any]]:
    if not isinstance(node, Branch) or not node.children:
        yield join(path), plain(node)
        return
    for name, child in node.children.items():
        yield from _flat(child, (*path, name))
    if node.listed and len(node.children) > 1:
        yield join((*path, ORDER)), list(node.children)


def _form(value: Mapping[str, Any], path: Path) -> Form:
    if pattern(path) == ("tiers", "*", "servers"):
        return "count"
    return "file" if path == ("workload",) and "file" in value else "keys"


def _by_name(items: list[Any]) -> dict[str, Any] | None:
    if not all(isinstance(item, Mapping) and isinstance(item.get("name"), str) for item in items):
        return None
    return _unique([(item["name"], {k: v for k, v in item.items() if k != "name"}) for item in items])


def _by_role(items: list[Any]) -> dict[str, Any] | None:
    pairs: list[tuple[str, Any]] = []
    for item in items:
        if isinstance(item, str):
            pairs.append((item, {}))
        elif isinstance(item, Mapping) and len(item) == 1 and all(isinstance(v, Mapping) for v in item.values()):
            pairs.extend(item.items())
        else:
            return None
    return _unique(pairs)


def _by_check(items: list[Any]) -> dict[str, Any] | None:
    """Waivers have no name: what is taken on, and where, tells them apart."""
    if not all(isinstance(item, Mapping) and isinstance(item.get("check"), str) for item in items):
        return None
    return _unique([(f"{item['check']} {item.get('where', '')}".strip(), item) for item in items])


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any] | None:
    found = dict(pairs)
    return found if len(found) == len(pairs) else None


def _item(form: Form, name: str, content: Any) -> Any:
    if form == "roles":
        return name if content == {} else {name: content}
    if form == "names" and isinstance(content, dict):
        return {"name": name, **content}
    return content


_NAMED: Mapping[Form, Callable[[list[Any]], dict[str, Any] | None]] = {
    "names": _by_name,
    "roles": _by_role,
    "waivers": _by_check,
}
_LISTS: Mapping[Path, Form] = {
    ("sites",): "names",
    ("tiers",): "names",
    ("externals",): "names",
    ("waivers",): "waivers",
    ("tiers", "*", "servers"): "names",
    ("tiers", "*", "roles"): "roles",
    ("tiers", "*", "servers", "*", "roles"): "roles",
}
