"""Patches of plan documents: what changed from one design to another, put onto a third where it fits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from topology import document
from topology.components import catalogue
from topology.design import Design
from topology.errors import Place, TierwrightError
from topology.merging.order import only, weave
from topology.merging.tree import MISSING, ORDER, Branch, Node, Path, at, grow, join, plain, replaced, same, split
from topology.merging.words import shown, told

MOST_EDITS = 500
"""As many as a patch that comes from outside may hold."""
LONGEST_PATH = 500
LARGEST = 1_000_000
"""Characters of JSON that the edits of such a patch may take together."""
DEEPEST = 16
"""Levels that a value of such a patch may have; a plan has fewer."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One statement of a document that becomes another: MISSING is where there is none."""

    path: str
    was: Any = MISSING
    value: Any = MISSING


class PatchRefused(TierwrightError):
    """A patch that was made for another document; `edits` are those that do not fit."""

    def __init__(self, unfit: Sequence[tuple[Edit, Any]]) -> None:
        self.edits = tuple(edit for edit, _ in unfit)
        edit, found = unfit[0]
        more = f" (and {len(unfit) - 1} more of its edits)" if len(unfit) > 1 else ""
        super().__init__(
            f"this change no longer fits: {told(edit.path)} is {shown(found)}, and the change was made where it was"
            f" {shown(edit.was)}{more}; make it anew on what is there now",
            place=Place(path=edit.path),
        )


def differences(before: Node, after: Node, path: Path = ()) -> Iterator[tuple[Path, Node, Node]]:
    """Where two trees differ, as near to the leaves as they are comparable; what goes, then what comes, then order."""
    if same(before, after):
        return
    if not (isinstance(before, Branch) and isinstance(after, Branch) and before.form == after.form):
        yield path, before, after
        return
    for name in dict.fromkeys((*before.children, *after.children)):
        yield from differences(at(before, (name,)), at(after, (name,)), (*path, name))
    if before.listed and _put_together(before, after) != list(after.children):
        yield (*path, ORDER), list(before.children), list(after.children)


def edits_between(before: Design, after: Design) -> tuple[Edit, ...]:
    """The edits that make `after` of `before`."""
    return changes_in(document.to_data(before), document.to_data(after))


def changes_in(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Edit, ...]:
    """The same for the plain data of two documents, or of parts of them that begin at the top."""
    found = differences(grow(before), grow(after))
    return tuple(Edit(path=join(path), was=plain(was), value=plain(now)) for path, was, now in found)


def touches(before: Design, after: Design) -> frozenset[str]:
    """The paths that differ; that of a list's order only where what stayed was moved."""
    trees = [grow(document.to_data(design)) for design in (before, after)]
    return frozenset(
        join(path) for path, was, now in differences(*trees) if path[-1:] != (ORDER,) or _moved(was, now)
    )  # fmt: skip


def meeting(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """Paths of `one` that are, hold or are part of a path of `other`: where two changes touch the same thing."""
    theirs = {split(path) for path in other}
    above = {path[:number] for path in theirs for number in range(len(path) + 1)}
    return frozenset(path for path in one if split(path) in above or _is_in(split(path), theirs))


def apply(design: Design, edits: Sequence[Edit]) -> Design:
    """The design with the edits made, in their order.

    Raises PatchRefused where one of them was made for something else than is there, and what the codec raises where
    the result does not hold together.
    """
    tree = grow(document.to_data(design))
    unfit: list[tuple[Edit, Any]] = []
    for edit in edits:
        path = split(edit.path)
        if _fits(tree, path, edit):
            tree = _made(tree, path, edit)
        else:
            unfit.append((edit, plain(at(tree, path))))
    if unfit:
        raise PatchRefused(unfit)
    return document.from_data(plain(tree), catalogue=catalogue())


def edits_to_data(edits: Sequence[Edit]) -> list[dict[str, Any]]:
    """The edits as plain data; the key of what is MISSING is left out."""
    rows = ({"path": edit.path, "was": edit.was, "value": edit.value} for edit in edits)
    return [{key: value for key, value in row.items() if value is not MISSING} for row in rows]


def edits_from_data(data: Any) -> tuple[Edit, ...]:
    """Edits from plain data (parsed JSON); raises TierwrightError with the place of what is not one."""
    if not isinstance(data, list):
        raise TierwrightError("a change is a list of edits", place=Place(path="edits"))
    if not 1 <= len(data) <= MOST_EDITS:
        raise TierwrightError(f"a change has from 1 to {MOST_EDITS} edits, not {len(data)}", place=Place(path="edits"))
    edits = tuple(_edit(item, f"edits[{number}]") for number, item in enumerate(data))
    if len(json.dumps(data)) > LARGEST:
        raise TierwrightError(f"a change takes at most {LARGEST:,} characters", place=Place(path="edits"))
    return edits


def _edit(item: Any, place: str) -> Edit:
    problem = _why_no_edit(item)
    if problem:
        raise TierwrightError(problem, place=Place(path=place))
    return Edit(path=item["path"], was=item.get("was", MISSING), value=item.get("value", MISSING))


def _why_no_edit(item: Any) -> str | None:
    if not isinstance(item, dict) or not {"path"} < item.keys() <= {"path", "was", "value"}:
        return "an edit has a path, and what was there (was), or what is to be there (value), or both"
    if not isinstance(item["path"], str) or not 1 <= len(item["path"]) <= LONGEST_PATH:
        return f"the path of an edit is text of 1 to {LONGEST_PATH} characters"
    if not all(_is_plain(item[key]) for key in item):
        return f"a value is JSON of at most {DEEPEST} levels, its numbers are finite and its text is Unicode"
    return None


def _is_plain(value: Any, depth: int = 0) -> bool:
    if isinstance(value, dict | list):
        inner = [*value, *value.values()] if isinstance(value, dict) else value
        return depth < DEEPEST and all(_is_plain(item, depth + 1) for item in inner)
    if isinstance(value, str):
        return not any("\ud800" <= sign <= "\udfff" for sign in value)
    return value is None or isinstance(value, int) or (isinstance(value, float) and abs(value) < float("inf"))


def _fits(tree: Node, path: Path, edit: Edit) -> bool:
    there = at(tree, path)
    if path[-1:] == (ORDER,):
        orders = all(_is_order(names) for names in (there, edit.was, edit.value))
        return orders and not _moved(edit.was, there)
    parent = at(tree, path[:-1])
    return isinstance(parent, Branch) and same(grow(edit.was, path), grow(plain(there), path))


def _made(tree: Node, path: Path, edit: Edit) -> Node:
    if path[-1:] != (ORDER,):
        return replaced(tree, path, edit.value if edit.value is MISSING else grow(edit.value, path))
    branch: Branch = at(tree, path[:-1])
    names = list(branch.children)
    order = weave(only(edit.value, branch.children), names, members=names)
    return replaced(tree, path[:-1], Branch(form=branch.form, children={name: branch.children[name] for name in order}))


def _is_order(names: Any) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) for name in names) and len({*names}) == len(names)


def _moved(before: list[str], after: list[str]) -> bool:
    """Whether what stands in both lists stands in another order."""
    both = {*before} & {*after}
    return only(before, both) != only(after, both)


def _put_together(before: Branch, after: Branch) -> list[str]:
    """The order that comes of taking out what is gone and putting what is new at the end."""
    return [*only(before.children, after.children), *(name for name in after.children if name not in before.children)]


def _is_in(path: Path, wholes: set[Path]) -> bool:
    return any(path[:number] in wholes for number in range(len(path)))
