"""What changed between two designs, in words and as data: servers, roles and settings, as a person would say it."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import Any, Literal, TypeVar

from topology.design import Design, Host, Role, Setting
from topology.document import digest, to_data
from topology.value import Value

What = Literal["added", "removed", "changed", "moved"]
Subject = Literal["plan", "site", "server_type", "external", "tier", "server", "role", "setting"]
Item = TypeVar("Item", bound=Value)
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that is other than before."""

    what: What
    subject: Subject
    name: str
    """Name of what changed: a server, a role, `role.setting`, or a key of the plan."""
    hosts: tuple[str, ...] = ()
    """Servers that it concerns; for a role that moved, those that have it now."""
    before: Any = None
    after: Any = None
    says: str
    """A sentence for a person."""


@dataclass(frozen=True, kw_only=True)
class Diff:
    """Everything that changed from one design to another; empty where nothing did."""

    before_digest: str
    after_digest: str
    changes: tuple[Change, ...]
    added: tuple[str, ...]
    """Names of the servers that are new."""
    removed: tuple[str, ...]
    """Names of the servers that are gone."""

    def lines(self) -> tuple[str, ...]:
        """The changes, a sentence each."""
        return tuple(change.says for change in self.changes)


@dataclass(frozen=True, kw_only=True)
class FileChange:
    """A file of a host that differs between two bundles; `path` is relative to the host's folder."""

    host: str
    path: str
    what: What


def compare(before: Design, after: Design) -> Diff:
    """What changed, from the outside inwards: the plan's own keys, tiers, servers, roles, settings."""
    old, new = ({host.name: host for host in design.hosts} for design in (before, after))
    changes = (
        *_plan_changes(before, after),
        *_tier_changes(before, after),
        *_server_changes(old, new),
        *_role_changes(old, new),
        *_setting_changes(old, new),
    )
    return Diff(
        before_digest=digest(before),
        after_digest=digest(after),
        changes=changes,
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
    )


def to_document(diff: Diff) -> list[dict[str, Any]]:
    """The changes as plain data."""
    return [
        {
            "what": change.what,
            "subject": change.subject,
            "name": change.name,
            "hosts": list(change.hosts),
            "before": _plain(change.before),
            "after": _plain(change.after),
            "says": change.says,
        }
        for change in diff.changes
    ]


def changed_files(
    before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> tuple[FileChange, ...]:
    """Files that differ between two bundles, given as host -> path -> SHA-256; what `diff -r` would name."""
    found: list[FileChange] = []
    for host in sorted({*before, *after}):
        old, new = before.get(host, {}), after.get(host, {})
        for path in sorted({*old, *new}):
            if old.get(path) != new.get(path):
                what: What = "added" if path not in old else "removed" if path not in new else "changed"
                found.append(FileChange(host=host, path=path, what=what))
    return tuple(found)


def listing(names: Iterable[str]) -> str:
    """Names as a person lists them: `db1`, `web1 and web2`, and a long run of numbers as `web2 to web21`."""
    items = list(names)
    if len(items) > 3 and _is_run(items):
        return f"{items[0]} to {items[-1]}"
    return " and ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)


def _is_run(names: list[str]) -> bool:
    parts = [re.fullmatch(r"(.*?)(\d+)", name) for name in names]
    numbers = [int(part[2]) for part in parts if part]
    same_stem = len({part[1] for part in parts if part}) == 1
    return same_stem and numbers == list(range(numbers[0], numbers[0] + len(names)))


def _plan_changes(before: Design, after: Design) -> Iterator[Change]:
    yield from _named_changes("site", {s.name: s for s in before.sites}, {s.name: s for s in after.sites})
    yield from _named_changes("server_type", before.server_types, after.server_types)
    yield from _named_changes(
        "external", {item.name: item for item in before.externals}, {item.name: item for item in after.externals}
    )
    old, new = to_data(before), to_data(after)
    for key in ("name", "workload", "promise", "system", "stack", "currency", "network", "notes"):
        if old.get(key) != new.get(key):
            yield _key_change(key, old.get(key), new.get(key))
    yield from _waiver_changes(before, after)


def _waiver_changes(before: Design, after: Design) -> Iterator[Change]:
    """Findings that somebody takes on, or gives back: a reader is to see who and why."""
    for waiver in dict.fromkeys((*before.waivers, *after.waivers)):
        old, new = (to_data(waiver) if waiver in design.waivers else None for design in (before, after))
        if old != new:
            verb = "takes on" if new else "no longer takes on"
            place = f" at {waiver.where}" if waiver.where else ""
            yield Change(
                what="added" if new else "removed",
                subject="plan",
                name="waivers",
                before=old,
                after=new,
                says=f"{waiver.by} {verb} {waiver.check}{place}: {waiver.reason}",
            )


def _named_changes(subject: Subject, before: Mapping[str, Item], after: Mapping[str, Item]) -> Iterator[Change]:
    words = subject.replace("_", " ")
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old != new:
            what: What = "added" if old is None else "removed" if new is None else "changed"
            was, now = (to_data(item) if item is not None else None for item in (old, new))
            says = f"the {words} {name} is {what}"
            if old is not None and new is not None:
                says = f"the {words} {name} has changed: {'; '.join(_parts(was, now))}"
            yield Change(what=what, subject=subject, name=name, before=was, after=now, says=says)


def _parts(before: Any, after: Any, at: str = "") -> Iterator[str]:
    """Every key that differs, however deep, with what it was and what it is."""
    if not all(item is None or isinstance(item, Mapping) for item in (before, after)):
        yield f"{at} {_told(before)} → {_told(after)}"
        return
    old, new = before or {}, after or {}
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            yield from _parts(old.get(key), new.get(key), f"{at}.{key}" if at else key)


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_told(item) for item in value) or "none"
    return "not said" if value is None else shorten(str(value), 80, placeholder=" …")


def _key_change(key: str, old: Any, new: Any) -> Change:
    what: What = "added" if old is None else "removed" if new is None else "changed"
    short = isinstance(old, str) and isinstance(new, str) and key != "notes"
    says = f"{key} changes from {old} to {new}" if short else f"{key} of the plan: {what}"
    return Change(what=what, subject="plan", name=key, before=old, after=new, says=says)


def _tier_changes(before: Design, after: Design) -> Iterator[Change]:
    old, new = ([tier.name for tier in design.tiers] for design in (before, after))
    for name in new:
        if name not in old:
            yield Change(what="added", subject="tier", name=name, after=name, says=f"the tier {name} is new")
    for name in old:
        if name not in new:
            yield Change(what="removed", subject="tier", name=name, before=name, says=f"the tier {name} is gone")


def _server_changes(old: Mapping[str, Host], new: Mapping[str, Host]) -> Iterator[Change]:
    for group in _groups([new[name] for name in new if name not in old], _likeness):
        yield _server_change("added", group)
    for group in _groups([old[name] for name in old if name not in new], _likeness):
        yield _server_change("removed", group)
    for name in (name for name in new if name in old):
        yield from _moved_server(old[name], new[name])


def _likeness(host: Host) -> tuple[str, str, tuple[str, ...]]:
    return (host.tier, host.type_name, tuple(role.name for role in host.roles))


def _server_change(what: What, hosts: list[Host]) -> Change:
    names, first = tuple(host.name for host in hosts), hosts[0]
    addresses = listing(host.address for host in hosts) if len(hosts) < 4 else f"from {first.address}"
    roles = listing(role.name for role in first.roles) or "nothing"
    verb = f"{'is' if len(hosts) == 1 else 'are'} {'new' if what == 'added' else 'gone'}"
    number = f", {len(hosts)} servers" if len(hosts) > 3 else ""
    data = [{"name": h.name, "tier": h.tier, "type": h.type_name, "address": h.address} for h in hosts]
    return Change(
        what=what,
        subject="server",
        name=names[0] if len(names) == 1 else listing(names),
        hosts=names,
        before=data if what == "removed" else None,
        after=data if what == "added" else None,
        says=f"{listing(names)} ({first.type_name}, {addresses}{number}) {verb}: tier {first.tier}, runs {roles}",
    )


def _moved_server(old: Host, new: Host) -> Iterator[Change]:
    facts = (
        ("type", old.type_name, new.type_name),
        ("address", old.address, new.address),
        ("tier", old.tier, new.tier),
    )
    for name, was, now in facts:
        if was != now:
            says = f"{new.name}: {name} {was} → {now}"
            yield Change(
                what="changed", subject="server", name=f"{new.name}.{name}", hosts=(new.name,), before=was, after=now,
                says=says,
            )  # fmt: skip


def _role_changes(old: Mapping[str, Host], new: Mapping[str, Host]) -> Iterator[Change]:
    gained = _difference(new, old)
    lost = _difference(old, new)
    for role in dict.fromkeys((*gained, *lost)):
        to, away = gained.get(role, []), lost.get(role, [])
        standing = [name for name in to if name in old]
        if to and away and not _keeps(role, old, new):
            says = f"{role} moves from {listing(away)} to {listing(to)}"
            yield Change(
                what="moved", subject="role", name=role, hosts=tuple(to), before=away, after=to, says=says
            )  # fmt: skip
            continue
        if standing:
            says = f"{listing(standing)} now {'runs' if len(standing) == 1 else 'run'} {role} too"
            yield Change(what="added", subject="role", name=role, hosts=tuple(standing), after=standing, says=says)
        left = [name for name in away if name in new]
        if left:
            says = f"{listing(left)} no longer {'runs' if len(left) == 1 else 'run'} {role}"
            yield Change(what="removed", subject="role", name=role, hosts=tuple(left), before=left, says=says)


def _difference(hosts: Mapping[str, Host], others: Mapping[str, Host]) -> dict[str, list[str]]:
    """Role -> hosts that have it here and do not have it there."""
    table: dict[str, list[str]] = {}
    for host in hosts.values():
        there = {role.name for role in others[host.name].roles} if host.name in others else set()
        for role in host.roles:
            if role.name not in there:
                table.setdefault(role.name, []).append(host.name)
    return table


def _keeps(role: str, old: Mapping[str, Host], new: Mapping[str, Host]) -> bool:
    """The role stays where it is on some server: then it does not move, it only spreads or shrinks."""
    return any(_has(old[name], role) and _has(new[name], role) for name in new if name in old)


def _has(host: Host, role: str) -> bool:
    return any(item.name == role for item in host.roles)


def _setting_changes(old: Mapping[str, Host], new: Mapping[str, Host]) -> Iterator[Change]:
    table: dict[tuple[str, Setting | None, Setting | None], list[str]] = {}
    for name in (name for name in new if name in old):
        was = {role.name: role for role in old[name].roles}
        for role in new[name].roles:
            if role.name in was:
                for key, before, after in _differing(was[role.name], role):
                    table.setdefault((f"{role.name}.{key}", before, after), []).append(name)
    for (key, before, after), hosts in table.items():
        what: What = "added" if before is None else "removed" if after is None else "changed"
        says = f"{key} on {listing(hosts)}: {_shown(before)} → {_shown(after)}"
        yield Change(
            what=what, subject="setting", name=key, hosts=tuple(hosts), before=before, after=after, says=says
        )  # fmt: skip


def _differing(was: Role, now: Role) -> Iterator[tuple[str, Setting | None, Setting | None]]:
    for key in sorted({*was.settings, *now.settings}):
        before, after = was.settings.get(key), now.settings.get(key)
        if before != after:
            yield key, before, after


def _shown(setting: Setting | None) -> str:
    if setting is None:
        return "derived"
    return ", ".join(setting) if isinstance(setting, tuple) else str(setting)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _groups(items: list[Host], key: Callable[[Host], Key]) -> list[list[Host]]:
    table: dict[Key, list[Host]] = {}
    for item in items:
        table.setdefault(key(item), []).append(item)
    return list(table.values())
