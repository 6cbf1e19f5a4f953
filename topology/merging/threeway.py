"""A three-way merge of plan documents, statement by statement, that shows where two people said different things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from topology import document
from topology.components import catalogue
from topology.design import Design
from topology.document import PlanRefused
from topology.errors import TierwrightError
from topology.merging.edits import differences
from topology.merging.order import only, weave
from topology.merging.tree import MISSING, ORDER, Branch, Node, Path, at, grow, join, pattern, plain, same
from topology.merging.words import shown, told

Side = Literal["mine", "theirs"]
_GATHERED: frozenset[Path] = frozenset({
    ("promise",), ("network",), ("server_types",), ("externals",), ("waivers",), ("sites", "*", "says"),
    ("tiers", "*", "roles"), ("tiers", "*", "servers", "*", "settings"),
})  # fmt: skip
"""What two people may both begin without a conflict: gatherings of statements that do not lean on each other."""


@dataclass(frozen=True, kw_only=True)
class FieldConflict:
    """One place where both sides changed the same thing, and differently."""

    path: str
    base: Any
    """What both began with; MISSING where there was nothing, and so on the sides where it is gone."""
    mine: Any
    theirs: Any
    says: str
    """A sentence for a person."""


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What came of a merge."""

    design: Design | None
    """The merged design; None while a conflict is open or the document does not hold together."""
    data: dict[str, Any]
    """The merged document; where a conflict is open, it says what mine says."""
    conflicts: tuple[FieldConflict, ...]
    """Those that no choice settles."""
    from_theirs: tuple[str, ...]
    """Paths that theirs changed and that mine takes over."""
    problems: tuple[str, ...]
    """Why the merged document does not hold together although no field is in conflict, in the codec's words."""


def merge(base: Design, mine: Design, theirs: Design, *, choices: Mapping[str, Side] | None = None) -> Merged:
    """What mine and theirs, both made from base, say together; `choices` settles conflicts by their paths."""
    merging = _Merging(choices or {})
    trees = (grow(document.to_data(design)) for design in (base, mine, theirs))
    data = plain(merging.node((), *trees))
    design, problems = (None, ()) if merging.conflicts else _read(data)
    return Merged(
        design=design,
        data=data,
        conflicts=tuple(merging.conflicts),
        from_theirs=tuple(merging.taken),
        problems=problems,
    )


def _read(data: dict[str, Any]) -> tuple[Design | None, tuple[str, ...]]:
    try:
        return document.from_data(data, catalogue=catalogue()), ()
    except PlanRefused as refusal:
        return None, tuple(refusal.lines())
    except TierwrightError as refusal:
        return None, (str(refusal),)


class _Merging:
    """One merge under way: the choices made, the conflicts found and what was taken from theirs."""

    def __init__(self, choices: Mapping[str, Side]) -> None:
        self.choices = choices
        self.conflicts: list[FieldConflict] = []
        self.taken: list[str] = []

    def node(self, path: Path, base: Node, mine: Node, theirs: Node) -> Node:
        """One part of the document."""
        if same(mine, theirs) or same(base, theirs):
            return mine
        if same(base, mine):
            return self._take(path, mine, theirs)
        if _of_one_form(mine, theirs) and (_of_one_form(base, mine) or _begun_by_both(path, base)):
            return self._branch(path, base, mine, theirs)
        return self._settle(path, base, mine, theirs)

    def _branch(self, path: Path, base: Node, mine: Branch, theirs: Branch) -> Branch:
        old = base if isinstance(base, Branch) else Branch(form=mine.form, children={})
        names = dict.fromkeys((*mine.children, *theirs.children, *old.children))
        merged = {
            name: self.node((*path, name), *(at(side, (name,)) for side in (old, mine, theirs))) for name in names
        }
        children = {name: child for name, child in merged.items() if child is not MISSING}
        if mine.listed:
            order = self._order(path, *(only(side.children, children) for side in (old, mine, theirs)))
            children = {name: children[name] for name in order}
        return Branch(form=mine.form, children=children)

    def _order(self, path: Path, base: list[str], mine: list[str], theirs: list[str]) -> list[str]:
        """The order of a list's members; it is in conflict only where both sides moved what all three have."""
        stable = {*base} & {*mine} & {*theirs}
        old, ours, others = (only(names, stable) for names in (base, mine, theirs))
        skeleton = self.node((*path, ORDER), old, ours, others)
        return weave(skeleton, mine, theirs, members={*mine, *theirs})

    def _take(self, path: Path, mine: Node, theirs: Node) -> Node:
        self.taken.extend(join(where) for where, _, _ in differences(mine, theirs, path))
        return theirs

    def _settle(self, path: Path, base: Node, mine: Node, theirs: Node) -> Node:
        choice = self.choices.get(join(path))
        if choice == "theirs":
            return self._take(path, mine, theirs)
        if choice != "mine":
            self.conflicts.append(_conflict(join(path), plain(base), plain(mine), plain(theirs)))
        return mine


def _of_one_form(one: Node, other: Node) -> bool:
    return isinstance(one, Branch) and isinstance(other, Branch) and one.form == other.form


def _begun_by_both(path: Path, base: Node) -> bool:
    of_one_server = pattern(path[:-1]) == ("tiers", "*", "servers", "*", "settings")
    return base is MISSING and (of_one_server or pattern(path) in _GATHERED)


def _conflict(path: str, base: Any, mine: Any, theirs: Any) -> FieldConflict:
    place = told(path)
    if mine is MISSING or theirs is MISSING:
        one, other = ("yours", "theirs") if mine is MISSING else ("theirs", "yours")
        kept = theirs if mine is MISSING else mine
        says = f"{place} is removed in {one} and changed in {other} ({shown(base)} → {shown(kept)})"
    elif base is MISSING:
        says = f"{place} is new in both: {shown(mine)} in yours, {shown(theirs)} in theirs"
    else:
        says = f"{place} was {shown(base)}; it is {shown(mine)} in yours and {shown(theirs)} in theirs"
    return FieldConflict(path=path, base=base, mine=mine, theirs=theirs, says=says)
