"""Two designs held against each other, as the pages of a proposal show it: picture, hosts, changes, use of tiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.drawings import Drawn, drawn
from planner.groups import hues_of
from planner.keeping import Kept
from planner.packed import stood, stood_beside
from topology import document
from topology.capacity import Forecast, Number, TierForecast
from topology.design import Design, TierwrightError
from topology.diagrams import Box, Drawing, Group, draw
from topology.diff import Change, compare

SIGNS = {"added": "+", "removed": "−", "changed": "~", "moved": "→", "same": ""}
_DRAWN: Kept[tuple[str, str], Drawn] = Kept(most=32)
"""A picture of hundreds of servers takes seconds before Graphviz has even begun."""


@dataclass(frozen=True, kw_only=True)
class HostRow:
    """A server, or a run of equal ones, in the table below the picture."""

    group: Group
    box: Box
    anchor: str
    comments: int

    @property
    def sign(self) -> str:
        """What happens to it, as in the picture."""
        return SIGNS[self.box.state]


@dataclass(frozen=True, kw_only=True)
class Use:
    """How busy the busiest server of a tier is at the peak, before and after; None where that is not known."""

    what: str
    before: Number | None
    after: Number | None

    @property
    def is_same(self) -> bool:
        """Whether a reader would see no difference."""
        return self.before is not None and self.after is not None and not _apart(self)


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """A change with the place where people talk of it."""

    change: Change
    anchor: str
    comments: int

    @property
    def sign(self) -> str:
        """Added, removed, changed or moved, as one character."""
        return SIGNS[self.change.what]


@dataclass(frozen=True, kw_only=True)
class ChangeGroup:
    """The changes of one tier, or those of the plan outside of tiers."""

    title: str
    anchor: str
    hue: int | None
    rows: tuple[ChangeRow, ...]
    uses: tuple[Use, ...] = ()


def drawing_of(before: Design, after: Design) -> tuple[Drawn | None, str]:
    """The union of both designs with the loads of the later one, or why there is none."""
    key = (document.digest(before), document.digest(after))
    try:
        return _DRAWN.get(key, lambda: drawn(_draw(before, after))), ""
    except TierwrightError as error:
        return None, error.sentence


def _draw(before: Design, after: Design) -> Drawing:
    return draw(before, after, forecast=stood_beside(before, after).forecast, link=_to_row)


def host_rows(drawing: Drawn | None, said: Mapping[str, int]) -> tuple[HostRow, ...]:
    """Every box of the picture; `said` counts the comments at each anchor."""
    return tuple(
        HostRow(group=group, box=box, anchor=anchor, comments=said.get(anchor, 0))
        for group in (drawing.picture.groups if drawing else ())
        for box in group.boxes
        for anchor in (_anchor_of_box(group, box),)
    )


def _anchor_of_box(group: Group, box: Box) -> str:
    if box.state != "removed":
        return f"server:{box.names[0]}"
    return "" if group.state == "removed" else f"tier:{group.name}"


def change_groups(before: Design, after: Design, said: Mapping[str, int]) -> tuple[ChangeGroup, ...]:
    """What changed, by tier in the order of the design, with what it does to each tier's use."""
    tiers = _tiers(before, after)
    gathered: dict[str, list[ChangeRow]] = {}
    for change in compare(before, after).changes:
        tier = _tier_of(change, tiers)
        anchor = anchor_of(change, tier, after)
        gathered.setdefault(tier, []).append(ChangeRow(change=change, anchor=anchor, comments=said.get(anchor, 0)))
    hues = {**hues_of(before), **hues_of(after)}
    uses = _uses(stood(before).forecast, stood_beside(before, after).forecast)
    names = ["", *(tier.name for tier in after.tiers), *(tier.name for tier in before.tiers)]
    return tuple(
        ChangeGroup(
            title=name or "The plan",
            anchor=f"tier:{name}" if name else "",
            hue=hues.get(name),
            rows=tuple(gathered.get(name, ())),
            uses=uses.get(name, ()),
        )
        for name in dict.fromkeys(names)
        if name in gathered or _moves(uses.get(name, ()))
    )


def anchor_of(change: Change, tier: str, after: Design) -> str:
    """Where people talk of a change: a place of the later design, empty for the proposal as a whole."""
    if change.subject == "server" and change.what != "removed" and change.hosts:
        return f"server:{change.hosts[0]}"
    if all(each.name != tier for each in after.tiers):
        return ""
    return f"setting:{tier}/{change.name}" if change.subject == "setting" else f"tier:{tier}"


def _tiers(before: Design, after: Design) -> Mapping[str, str]:
    """Server -> its tier; where it moved, the later one."""
    return {host.name: host.tier for design in (before, after) for host in design.hosts}


def _tier_of(change: Change, tiers: Mapping[str, str]) -> str:
    if change.subject == "tier":
        return change.name
    return tiers.get(change.hosts[0], "") if change.hosts else ""


def _uses(before: Forecast | None, after: Forecast | None) -> Mapping[str, tuple[Use, ...]]:
    old, new = ({tier.name: tier for tier in found.tiers} if found else {} for found in (before, after))
    return {name: tuple(_of_tier(old.get(name), new.get(name))) for name in {**new, **old}}


def _of_tier(old: TierForecast | None, new: TierForecast | None) -> Iterator[Use]:
    for what, read in (("CPU", _cpu), ("Memory", _memory)):
        before, after = read(old), read(new)
        if before is not None or after is not None:
            yield Use(what=what, before=before, after=after)


def _cpu(tier: TierForecast | None) -> Number | None:
    return tier.utilisation.get("cpu") if tier else None


def _memory(tier: TierForecast | None) -> Number | None:
    return tier.memory.share if tier else None


def _moves(uses: tuple[Use, ...]) -> bool:
    """Whether the use of a tier changes so that a reader sees it, though nothing of the tier itself does."""
    return any((use.before is None) != (use.after is None) or _apart(use) for use in uses)


def _apart(use: Use) -> bool:
    if use.before is None or use.after is None:
        return False
    return abs(use.after.value - use.before.value) >= 0.005


def _to_row(kind: str, name: str) -> str:
    return f"#row-{kind}-{name}"
