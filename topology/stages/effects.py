"""What a change does on the running hosts: derived settings that move, doors that open and shut, programs restarted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from topology.components import PUBLIC, Cluster
from topology.diff import listing
from topology.stages.installation import named_units, work
from topology.stages.steps import Phase, Transition, units

Kind = Literal["setting", "door", "program"]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One thing that a change does, on one or more hosts."""

    kind: Kind
    hosts: tuple[str, ...]
    name: str
    """`role.setting`, `protocol/port`, or a systemd unit."""
    before: Any = None
    after: Any = None
    says: str


def effects_of(change: Transition) -> tuple[Effect, ...]:
    """Everything that a change does to servers that stay; empty for a first installation."""
    if change.before is None:
        return ()
    return (*_settings(change.before, change), *_doors(change.before, change), *_programs(change))


def _settings(before: Cluster, change: Transition) -> Iterator[Effect]:
    """Numbers that no plan writes and that follow from it: workers, pools, connections."""
    table: dict[tuple[str, str, str], list[tuple[str, Any, Any]]] = {}
    for host, name, old, new in _moved(before, change):
        table.setdefault((name, repr(old), repr(new)), []).append((host, old, new))
    for (name, _, _), found in table.items():
        _, old, new = found[0]
        hosts = tuple(host for host, _, _ in found)
        says = f"{name} on {listing(hosts)}: {_shown(old)} → {_shown(new)}"
        yield Effect(kind="setting", hosts=hosts, name=name, before=_plain(old), after=_plain(new), says=says)


def _moved(before: Cluster, change: Transition) -> Iterator[tuple[str, str, Any, Any]]:
    """Host, setting, old and new value, for every role that stays."""
    for host in change.standing():
        was = {placed.role.name: placed for placed in before.by_host[host.name]}
        for placed in change.after.by_host[host.name]:
            if placed.role.name in was:
                old, new = (p.component.size(p).values for p in (was[placed.role.name], placed))
                for key in sorted({*old, *new}):
                    if old.get(key) != new.get(key):
                        yield host.name, f"{placed.role.name}.{key}", old.get(key), new.get(key)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float, str, bool, type(None))) else str(value)


def _doors(before: Cluster, change: Transition) -> Iterator[Effect]:
    """Ports of each server, and from where they are open."""
    old, new = _open(before), _open(change.after)
    for host, door in dict.fromkeys((*new, *old)):
        was, now = old.get((host, door), ()), new.get((host, door), ())
        if set(was) == set(now) or host not in change.after.by_host:
            continue
        says = f"{host} {_verb(was, now)} {door}: {_from(was)} → {_from(now)}"
        yield Effect(kind="door", hosts=(host,), name=door, before=list(was), after=list(now), says=says)


def _open(cluster: Cluster) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for edge in cluster.edges:
        if not edge.local and edge.endpoint.socket is None:
            key = (edge.server, f"{edge.endpoint.protocol}/{edge.endpoint.port}")
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), edge.client)))
    return found


def _programs(change: Transition) -> Iterator[Effect]:
    """Units of standing servers that read new files, begin or end."""
    table: dict[tuple[str, str], list[str]] = {}
    for host, unit, action in dict.fromkeys((*_acted_on(change), *_stopped(change))):
        table.setdefault((unit, action), []).append(host)
    for (unit, action), hosts in _without_reloads(table).items():
        says = f"{unit} is {action} on {listing(hosts)}"
        yield Effect(kind="program", hosts=tuple(hosts), name=unit, after=action, says=says)


def _acted_on(change: Transition) -> Iterator[tuple[str, str, str]]:
    for phase in Phase:
        for item in work(change, phase):
            if item.is_new:
                continue
            there, stay = (
                named_units(tree.get(item.host.name, {})) for tree in (change.trees_before, change.trees_after)
            )
            for file in (placing.file for placing in (*item.files, *item.gone)):
                if file.unit and file.unit not in there:
                    yield item.host.name, file.unit, "started"
                elif file.unit in stay and file.action != "none":
                    yield item.host.name, file.unit, _PAST[file.action]


_PAST = {"reload": "reloaded", "restart": "restarted"}


def _without_reloads(table: dict[tuple[str, str], list[str]]) -> dict[tuple[str, str], list[str]]:
    """A restart makes a reload of the same unit on the same host needless."""
    restarted = {(unit, host) for (unit, action), hosts in table.items() if action != "reloaded" for host in hosts}
    kept = {
        (unit, action): [host for host in hosts if action != "reloaded" or (unit, host) not in restarted]
        for (unit, action), hosts in table.items()
    }
    return {key: hosts for key, hosts in kept.items() if hosts}


def _stopped(change: Transition) -> Iterator[tuple[str, str, str]]:
    for host in change.standing():
        needed = {unit for placed in change.after.by_host[host.name] for unit in units(placed)}
        before = () if change.before is None else change.before.by_host[host.name]
        for unit in dict.fromkeys(unit for placed in before for unit in units(placed) if unit not in needed):
            yield host.name, unit, "stopped"


def _verb(was: tuple[str, ...], now: tuple[str, ...]) -> str:
    return "opens" if not was else "shuts" if not now else "changes"


def _from(clients: tuple[str, ...]) -> str:
    if PUBLIC in clients:
        return "everybody"
    return listing(clients) if clients else "nobody"


def _shown(value: Any) -> str:
    return "none" if value is None else str(value)
