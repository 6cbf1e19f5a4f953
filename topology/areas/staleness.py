"""Why an approval no longer holds: the part that changed, and what was changed in it, in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from topology.areas.area import PLAN, Area, title_of
from topology.areas.seals import Seal
from topology.diff import listing
from topology.merging import MISSING, Edit, changes_in, shown, told

MOST = 3
"""Changes that a sentence names before it only counts them."""
_LABELS = {
    "workload/peak_requests_per_second": ("peak", " requests/s"),
    "workload/growth_per_year": ("growth in a year", ""),
    "promise/p95_ms": ("promised p95", " ms"),
    "promise/availability": ("promised availability", ""),
    "promise/headroom": ("promised headroom", ""),
}
_ASSUMED = ("workload", "promise", "currency")
"""Keys of the plan that are assumptions: they are told as such, once."""
_FOR_PEOPLE = ("notes", "waivers")
_MANY = frozenset({"servers", "roles", "sites", "domains", "externals", "waivers", "server_types", "settings", "notes"})
"""Keys whose value is a number of things."""


def why_stale(seal: Seal, was: Mapping[str, Area], now: Mapping[str, Area]) -> str | None:
    """None while an approval with this seal holds; else what changed since.

    Only the seal and what is there now decide. `was` are the areas of the revision that was approved, as this
    program works them out today; they give the words.
    """
    area, old = now.get(seal.area), was.get(seal.area)
    if area is None:
        return f"{title_of(seal.area)} is gone"
    if area.seal == seal:
        return None
    reasons = [*(_content(seal, old, area, was, now) if old else ()), *_engine(seal, area)]
    return "; ".join(reasons) or f"{area.title} is not what was approved"


def _content(seal: Seal, old: Area, area: Area, was: Mapping[str, Area], now: Mapping[str, Area]) -> Iterator[str]:
    said = _part_changes(old, area) if seal.design != area.seal.design else []
    assumed = list(_assumptions(old, area)) if seal.assumptions != area.seal.assumptions else []
    if said:
        yield _some(said)
    if assumed:
        yield f"the assumptions changed: {_some(assumed)}"
    if seal.files != area.seal.files and not said:
        causes = [] if assumed else _causes(area, was, now)
        yield _files(old, area) + _because(causes)


def _engine(seal: Seal, area: Area) -> Iterator[str]:
    if seal.engine != area.seal.engine:
        yield f"the forecast's engine is {area.seal.engine} instead of {seal.engine}"


def _part_changes(old: Area, area: Area) -> list[str]:
    """What changed in the document's part of an area; nothing where it cannot be told."""
    if area.name == PLAN:
        return [_instead(edit) for edit in changes_in(old.part, area.part) if not _is_assumed(edit.path)]
    if area.name.startswith("tier:"):
        return [*_numbers(old, area), *_tier_edits(old, area), *_size_edits(old, area)]
    return [*_places(old, area), *_role_edits(old, area), *_size_edits(old, area)]


def _is_assumed(path: str) -> bool:
    return path.split("/")[0] in _ASSUMED or path.endswith("/price_month")


def _numbers(old: Area, area: Area) -> Iterator[str]:
    before, after = len(old.hosts), len(area.hosts)
    if before != after:
        yield f"the {area.title} has {after} {'server' if after == 1 else 'servers'} instead of {before}"


def _tier_edits(old: Area, area: Area) -> Iterator[str]:
    counted = len(old.hosts) != len(area.hosts)
    for edit in changes_in({"tiers": [old.part["tier"]]}, {"tiers": [area.part["tier"]]}):
        if not (counted and edit.path.endswith(("/servers", "/servers/count"))):
            yield _instead(edit)


def _places(old: Area, area: Area) -> Iterator[str]:
    if old.hosts != area.hosts:
        role = area.name.removeprefix("role:")
        yield f"{role} runs on {listing(area.hosts)} instead of {listing(old.hosts)}"


def _role_edits(old: Area, area: Area) -> Iterator[str]:
    """Equal changes on several servers are one."""
    role, found = area.name.removeprefix("role:"), dict[tuple[str, str], list[str]]()
    both = [host for host in area.hosts if host in old.part["servers"]]
    for host in both:
        for edit in changes_in(old.part["servers"][host], area.part["servers"][host]):
            was, value = shown(edit.was), shown(edit.value)
            if edit.path == "type":
                key, says = "the server type", f"{value} instead of {was}"
            else:
                key = ".".join((role, *edit.path.split("/")[1:]))
                says = f"{_or(edit.value, 'derived')} instead of {_or(edit.was, 'derived')}"
            found.setdefault((key, says), []).append(host)
    for (key, says), hosts in found.items():
        yield f"{key} on {listing(hosts)} is {says}"


def _or(value: object, missing: str) -> str:
    return missing if value is MISSING else shown(value)


def _size_edits(old: Area, area: Area) -> Iterator[str]:
    """A type that is another machine than before under the same name."""
    both = old.part["types"].keys() & area.part["types"].keys()
    for edit in changes_in(
        *({key: part[key] for key in sorted(both)} for part in (old.part["types"], area.part["types"]))
    ):
        name, _, field = edit.path.rpartition("/")
        yield f"{field} of the server type {name} is {shown(edit.value)} instead of {shown(edit.was)}"


def _instead(edit: Edit) -> str:
    place, verb = told(edit.path), "are" if edit.path.rpartition("/")[2] in _MANY else "is"
    if isinstance(edit.value, Mapping) and edit.was is MISSING:
        return f"{place} is new"
    if isinstance(edit.was, Mapping) and edit.value is MISSING:
        return f"{place} is gone"
    if edit.was is MISSING:
        return f"{place} {verb} {shown(edit.value)}, which was not written before"
    if edit.value is MISSING:
        return f"{place} {verb} no longer written, where there was {shown(edit.was)}"
    return f"{place} {verb} {shown(edit.value)} instead of {shown(edit.was)}"


def _assumptions(old: Area, area: Area) -> Iterator[str]:
    for edit in changes_in(old.assumptions, area.assumptions):
        if edit.path.startswith("prices/"):
            if MISSING not in (edit.was, edit.value):  # else the servers are of other types, and that is told
                yield f"price of {edit.path[7:]} {_price(edit.was)} → {_price(edit.value)} a month"
            continue
        label, unit = _LABELS.get(edit.path, (told(edit.path), ""))
        yield f"{label} {_or(edit.was, 'not said')} → {_or(edit.value, 'not said')}{unit}"


def _price(price: list[object]) -> str:
    amount, currency = price
    return "unknown" if amount is None else f"{shown(amount)} {currency}"


def _files(old: Area, area: Area) -> str:
    both = dict.fromkeys((*area.files, *old.files))
    changed = [path for path in both if area.files.get(path) != old.files.get(path)]
    if not changed:
        return f"the files of {area.title} are written otherwise by this version of the program"
    _, host, path = changed[0].split("/", 2)
    more = len(changed) - 1
    others = f" and {more} more {'file' if more == 1 else 'files'}" if more else ""
    return f"{path.rpartition('/')[2]} on {host}{others} changed"


def _causes(area: Area, was: Mapping[str, Area], now: Mapping[str, Area]) -> list[str]:
    """What else changed in the document: every file follows from it."""
    names = [name for name in dict.fromkeys((*was, *now)) if not name.startswith("role:") and name != area.name]
    return list(dict.fromkeys(says for name in names for says in _cause(name, was.get(name), now.get(name))))


def _because(causes: list[str]) -> str:
    """The one change is the cause; of several, which of them it was is not known here."""
    return f": {causes[0]}" if len(causes) == 1 else f"; elsewhere in the plan, {_some(causes)}" if causes else ""


def _cause(name: str, old: Area | None, new: Area | None) -> list[str]:
    if old is None or new is None:
        return [f"the {title_of(name)} is {'new' if old is None else 'gone'}"]
    if name == PLAN:
        old, new = _in_files(old), _in_files(new)
    return _part_changes(old, new)


def _in_files(plan: Area) -> Area:
    """The plan without what never reaches a file."""
    return replace(plan, part={key: value for key, value in plan.part.items() if key not in _FOR_PEOPLE})


def _some(changes: Iterable[str]) -> str:
    said = list(changes)
    more = len(said) - MOST
    named = ", ".join(said[:MOST])
    return named if more <= 0 else f"{named} and {more} more {'change' if more == 1 else 'changes'}"
