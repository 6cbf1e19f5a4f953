"""What a change leaves behind: roles that leave a host, and hosts that leave the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from shlex import quote

from topology.components import Placed
from topology.diff import FileChange, listing
from topology.stages.installation import put_aside
from topology.stages.steps import Phase, Step, Transition, here, shared, titles, units


def retiring(change: Transition) -> Iterator[Step]:
    if change.before is None:
        return
    groups: dict[tuple[str, ...], list[str]] = {}
    for host in change.standing():
        leaving = tuple(placed.role.name for placed in _leaving(change, host.name))
        if leaving:
            groups.setdefault(leaving, []).append(host.name)
    yield from (_taking_off(change, hosts) for hosts in groups.values())
    gone = [host for host in change.before.design.hosts if host.name not in change.after.by_host]
    if gone:
        yield Step(
            phase=Phase.RETIRE,
            rank=2,
            title=f"Give back {listing(host.name for host in gone)}",
            hosts=tuple(host.name for host in gone),
            does="The plan has no work for it any more. Keep its disk until a backup of what is on it has been read.",
            notices="nothing: no traffic goes there any more",
            checks=(here(*(f"ping -c 1 -W 2 {host.address}" for host in gone)),),
            shows="no answer once it is switched off, while the site goes on",
            back="switch it on again",
            files=tuple(_removed(host.name, path) for host in gone for path in change.trees_before[host.name]),
        )


def _removed(host: str, path: str) -> FileChange:
    return FileChange(host=host, path=f"rootfs{path}", what="removed")


def _leaving(change: Transition, host: str) -> list[Placed]:
    assert change.before is not None
    kept = {placed.role.name for placed in change.after.by_host[host]}
    return [placed for placed in change.before.by_host[host] if placed.role.name not in kept]


@dataclass(frozen=True, kw_only=True)
class Retired:
    """What a host stops and loses."""

    units: tuple[str, ...]
    paths: tuple[str, ...]


def _taking_off(change: Transition, hosts: Sequence[str]) -> Step:
    """Stop what no role of the hosts needs any more; data stays where it is."""
    lost = {host: _retired(change, host) for host in hosts}
    units_lost = any(item.units for item in lost.values())
    return Step(
        phase=Phase.RETIRE,
        title=f"Take {titles(_leaving(change, hosts[0]))} off {listing(hosts)}",
        hosts=tuple(hosts),
        does="Only after the new one has carried a peak. What it kept on disk stays there until you remove it.",
        blocks=shared((host, _taking(change, item)) for host, item in lost.items()),
        notices="nothing: nobody asks it any more",
        checks=shared((host, _asking(item)) for host, item in lost.items()),
        shows="inactive for every unit" if units_lost else "no such file",
        back="the lines below put it back; what it holds is as old as the change",
        undo=shared((host, _giving_back(change, item)) for host, item in lost.items()),
        files=tuple(_removed(host, path) for host, item in lost.items() for path in item.paths),
    )


def _retired(change: Transition, host: str) -> Retired:
    leaving = _leaving(change, host)
    keys = {placed.key for placed in leaving}
    needed = {unit for placed in change.after.by_host[host] for unit in units(placed)}
    stopped = dict.fromkeys(unit for placed in leaving for unit in units(placed) if unit not in needed)
    old, new = change.trees_before[host], change.trees_after[host]
    paths = tuple(path for path, placing in old.items() if placing.placed.key in keys and path not in new)
    return Retired(units=tuple(stopped), paths=paths)


def _taking(change: Transition, item: Retired) -> tuple[str, ...]:
    stop = (f"systemctl disable --now {quote(unit)}" for unit in item.units)
    away = (f"rm -f {' '.join(map(quote, item.paths))}",) if item.paths else ()
    return (*stop, *put_aside(change, item.paths), *away)


def _asking(item: Retired) -> tuple[str, ...]:
    if item.units:
        return (f"systemctl is-active {' '.join(map(quote, item.units))}",)
    return (f"ls {' '.join(map(quote, item.paths))}",) if item.paths else ()


def _giving_back(change: Transition, item: Retired) -> tuple[str, ...]:
    back = (f"cp -a {change.aside}{quote(path)} {quote(path)}" for path in item.paths)
    return (*back, *(f"systemctl enable --now {quote(unit)}" for unit in item.units))
