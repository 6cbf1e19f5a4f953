"""A change of a design taken apart into groups of edits, each of which can be made alone and be rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from topology import bundles
from topology.bundles import HostFile
from topology.design import Design, TierwrightError
from topology.diff import Change, compare, listing
from topology.merging import MISSING, ORDER, Edit, apply, edits_between, told

FileKey = tuple[str, str]
"""Host and path."""
Files = Mapping[FileKey, HostFile]
Part = tuple[Edit, ...]
MOST_TRIES = 60
"""Renderings that are spent on finding out which edits only hold together."""
_BY_NAME = frozenset({"sites", "server_types", "externals", "waivers"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """Edits that are made together, what a person calls them, and the files that they alone lead to."""

    edits: tuple[Edit, ...]
    says: tuple[str, ...]
    """A sentence for each change of the design."""
    files: Files
    """Of the design before, with these edits alone."""


def rendered(design: Design) -> Files:
    """Every file of a design's bundle."""
    return {(file.host, file.path): file for file in bundles.build(design).files}


def parts_of(before: Design, after: Design, *, most: int) -> tuple[Part, ...]:
    """The edits between two designs by what they speak of; by tiers and keys where that makes more than `most`."""
    edits = edits_between(before, after)
    fine = _by(edits, _fine)
    return fine if len(fine) <= most else _by(edits, _coarse)


def groups_of(before: Design, after: Design, parts: Sequence[Part]) -> tuple[Group, ...]:
    """The parts that hold by themselves, and unions of those that only hold together; what never holds is left out."""
    making = _Making(before, parts, compare(before, after).changes)
    found: list[Group] = []
    broken: list[Part] = []
    for part in parts:
        if not all(_is_order(edit) and not _moves(edit) for edit in part):
            group = making.group(part)
            found.append(group) if group else broken.append(part)
    return (*found, *_held_together(making, broken, found))


def edited(design: Design, edits: Sequence[Edit]) -> Files | None:
    """The files of a design with edits made; None where that does not hold together."""
    try:
        return rendered(apply(design, edits))
    except (TierwrightError, ValueError):
        return None


def _by(edits: Sequence[Edit], key: Callable[[Edit], tuple[str, ...]]) -> tuple[Part, ...]:
    table: dict[tuple[str, ...], list[Edit]] = {}
    for edit in edits:
        table.setdefault(key(edit), []).append(edit)
    return tuple(tuple(part) for part in table.values())


def _fine(edit: Edit) -> tuple[str, ...]:
    """Every statement of a tier by itself; a named thing, or a key of the plan, as a whole."""
    parts = tuple(edit.path.split("/"))
    if parts[0] == "tiers":
        return parts
    return parts[:2] if parts[0] in _BY_NAME else parts[:1]


def _coarse(edit: Edit) -> tuple[str, ...]:
    return _fine(edit)[:2]


def _is_order(edit: Edit) -> bool:
    return edit.path.rpartition("/")[2] == ORDER


def _moves(edit: Edit) -> bool:
    """Whether what stayed in a list stands in another order."""
    both = {*edit.was} & {*edit.value}
    return [name for name in edit.was if name in both] != [name for name in edit.value if name in both]


class _Making:
    """Groups of one change in the making."""

    def __init__(self, before: Design, parts: Sequence[Part], changes: Sequence[Change]) -> None:
        self._before = before
        self._orders = [edit for part in parts for edit in part if _is_order(edit)]
        self._changes = changes

    def group(self, part: Part) -> Group | None:
        """The part as a group; None where it does not hold by itself."""
        edits = self._with_orders(part)
        try:
            design = apply(self._before, edits)
            files = rendered(design)
        except (TierwrightError, ValueError):
            return None
        return Group(edits=edits, says=tuple(dict.fromkeys(self._says(design, part))), files=files)

    def _with_orders(self, edits: Part) -> Part:
        """What is new in a list stands where it will stand: behind its edits comes the order of that list."""
        lists = {_parent(edit) for edit in edits if edit.was is MISSING}
        return (*edits, *(o for o in self._orders if o not in edits and not _moves(o) and _parent(o) in lists))

    def _says(self, design: Design, part: Part) -> Iterator[str]:
        """The changes as `topology.diff` says them of the whole change, without those that only follow from them."""
        changes = compare(self._before, design).changes
        arrived = {item["tier"] for change in changes if change.subject == "server" for item in _servers(change)}
        said = [self._whole(change) for change in changes if not _follows(change, arrived)]
        yield from _sentences(said) if said else [f"{told(part[0].path)} changes"]

    def _whole(self, change: Change) -> Change:
        """The same change within the whole one: there it has its final addresses and roles."""
        of_subject = [other for other in self._changes if other.subject == change.subject]
        named = (other for other in of_subject if other.name == change.name)
        shared = (other for other in of_subject if change.hosts and {*change.hosts} <= {*other.hosts})
        return next(named, None) or next(shared, change)


def _parent(edit: Edit) -> str:
    return edit.path.rpartition("/")[0]


def _held_together(making: _Making, broken: list[Part], found: Sequence[Group]) -> Iterator[Group]:
    """Broken parts with one other part that mends them, a broken one first; at last all of them at once."""
    left, tries = list(broken), MOST_TRIES
    while left:
        part = left.pop(0)
        for other in (*left, *(group.edits for group in found)):
            if tries <= 0:
                break
            tries -= 1
            group = making.group(_joined(part, other))
            if group is not None:
                left = [item for item in left if item is not other]
                yield group
                break
        else:
            together = making.group(_joined(part, *left)) if left else None
            if together is not None:
                yield together
                return


def _joined(*parts: Part) -> Part:
    return tuple({edit.path: edit for part in parts for edit in part}.values())


def _sentences(changes: Sequence[Change]) -> Iterator[str]:
    """A sentence each; servers to which the same happens share one."""
    alike: dict[str, list[str]] = {}
    for change in changes:
        happens = change.subject == "server" and change.what == "changed"
        alike.setdefault(change.says.partition(": ")[2] if happens else change.says, []).extend(
            change.hosts if happens else ()
        )
    for says, hosts in alike.items():
        yield f"{listing(hosts)}: {says}" if hosts else says


def _servers(change: Change) -> list[Mapping[str, str]]:
    listed = change.after or change.before
    return listed if isinstance(listed, list) else []


def _follows(change: Change, arrived: set[str]) -> bool:
    """Addresses that move because others came or went; and a tier whose servers are told anyway."""
    if change.subject == "server":
        return change.what == "changed" and change.name.endswith(".address")
    return change.subject == "tier" and change.name in arrived
