"""What a step of a change is: where it is done, what is typed, what users notice, how to check and to go back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from topology.components import Cluster, ConfigFile, Placed, resolve
from topology.design import Design, Host
from topology.diff import FileChange, listing
from topology.document import digest
from topology.workload import Workload


class Phase(IntEnum):
    """The order of a change: what others lean on comes first, what users see last."""

    DELIVER = 0
    NETWORK = 1
    DATABASE = 2
    POOL = 3
    CACHE = 4
    FILES = 5
    DATA = 6
    """Data moves: from here to the end of APP a part of the site may stand still."""
    MOUNT = 7
    APP = 8
    BALANCER = 9
    DNS = 10
    CLOSE = 11
    """Doors that nobody uses any more are shut."""
    RETIRE = 12


@dataclass(frozen=True, kw_only=True)
class Block:
    """Lines to paste on each of these hosts, as root; no host means the machine that holds the bundle."""

    hosts: tuple[str, ...]
    lines: tuple[str, ...] = ()
    says: str = ""
    """What a person does here, where pasting the lines is not all of it."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a change. Text is plain words; lines are built from typed fields only, safe to paste."""

    phase: Phase
    rank: int = 0
    """Order among the steps of a phase."""
    title: str
    hosts: tuple[str, ...]
    does: str
    """What is done and why, in a sentence or two."""
    blocks: tuple[Block, ...] = ()
    notices: str
    """What users notice."""
    checks: tuple[Block, ...] = ()
    """Lines that show that it worked."""
    shows: str
    """What those lines answer when it worked."""
    back: str
    """How to go back."""
    undo: tuple[Block, ...] = ()
    """Lines that go back, where lines can."""
    files: tuple[FileChange, ...] = ()
    """Files of the bundle that this step puts in place or takes away."""


@dataclass(frozen=True, kw_only=True)
class Placing:
    """A file of a host and the role that brings it."""

    file: ConfigFile
    placed: Placed


Tree = Mapping[str, Placing]
"""The files of a host, by path."""


@dataclass(frozen=True)
class Transition:
    """A change from one design to another, or the first installation of one (`before` is None)."""

    before: Cluster | None
    after: Cluster

    @cached_property
    def mark(self) -> str:
        """A short name of this change, the same whenever the plan is the same; safe in a path."""
        return digest(self.after.design)[:12]

    @property
    def staged(self) -> str:
        """Directory in which a host's new files lie before they are put in place."""
        return f"/root/tierwright-{self.mark}"

    @property
    def aside(self) -> str:
        """Directory in which the files lie that were replaced."""
        return f"/root/before-{self.mark}"

    @cached_property
    def trees_before(self) -> Mapping[str, Tree]:
        """The files of every host before, by host name."""
        return {} if self.before is None else trees(self.before)

    @cached_property
    def trees_after(self) -> Mapping[str, Tree]:
        """The files of every host after, by host name."""
        return trees(self.after)

    def is_new(self, host: str) -> bool:
        """The server was not there before."""
        return self.before is None or host not in self.before.by_host

    def standing(self) -> tuple[Host, ...]:
        """Servers that were there and stay."""
        return tuple(host for host in self.after.design.hosts if not self.is_new(host.name))

    def gained(self, service: str) -> tuple[Placed, ...]:
        """Roles that may offer a service and were not there before."""
        before = self._before.get(service, ())
        keys = {placed.key for placed in before}
        return tuple(placed for placed in self._after.get(service, ()) if placed.key not in keys)

    def lost(self, service: str) -> tuple[Placed, ...]:
        """Roles that may offer a service and are not there any more."""
        keys = {placed.key for placed in self._after.get(service, ())}
        return tuple(placed for placed in self._before.get(service, ()) if placed.key not in keys)

    @cached_property
    def promoted(self) -> tuple[Placed, ...]:
        """Primaries that were replicas before: they have the data already."""
        copies = {placed.host.name for placed in self._before.get("sql_replica", ())}
        return tuple(placed for placed in self.gained("sql") if placed.host.name in copies)

    def standing_apps(self) -> tuple[Placed, ...]:
        """Application servers that were there and stay."""
        return tuple(placed for placed in self._after.get("app", ()) if not self.is_new(placed.host.name))

    @cached_property
    def _before(self) -> Mapping[str, tuple[Placed, ...]]:
        return {} if self.before is None else _by_service(self.before)

    @cached_property
    def _after(self) -> Mapping[str, tuple[Placed, ...]]:
        return _by_service(self.after)


def transition(before: Design | None, after: Design, workload: Workload | None = None) -> Transition:
    """The change from one design to another, with the components of both in their places."""
    return Transition(None if before is None else resolve(before, workload), resolve(after, workload))


def offering(cluster: Cluster, service: str) -> tuple[Placed, ...]:
    """The roles of a cluster that may offer a service."""
    return tuple(p for p in cluster.placed if service in p.component.offers.get(p.role.name, ()))


def _by_service(cluster: Cluster) -> Mapping[str, tuple[Placed, ...]]:
    table: dict[str, list[Placed]] = {}
    for placed in cluster.placed:
        for service in placed.component.offers.get(placed.role.name, ()):
            table.setdefault(service, []).append(placed)
    return {service: tuple(found) for service, found in table.items()}


def trees(cluster: Cluster) -> Mapping[str, Tree]:
    """Every file of every host, with the role that brings it."""
    return {
        host: {file.path: Placing(file=file, placed=p) for p in placed for file in cluster.files_of(p)}
        for host, placed in cluster.by_host.items()
    }


def units(placed: Placed) -> tuple[str, ...]:
    """The systemd units that a role's files name."""
    return tuple(dict.fromkeys(file.unit for file in placed.cluster.files_of(placed) if file.unit))


def here(*lines: str) -> Block:
    """Lines for the machine that holds the bundle."""
    return Block(hosts=(), lines=lines)


def on(host: Host | str, *lines: str) -> Block:
    """Lines for one host."""
    return Block(hosts=(host if isinstance(host, str) else host.name,), lines=lines)


def shared(items: Iterable[tuple[str, tuple[str, ...]]], says: str = "") -> tuple[Block, ...]:
    """Lines by host, as blocks; hosts with the same lines share one."""
    table: dict[tuple[str, ...], list[str]] = {}
    for host, lines in items:
        if lines:
            table.setdefault(lines, []).append(host)
    return tuple(Block(hosts=tuple(hosts), lines=lines, says=says) for lines, hosts in table.items())


def titles(roles: Iterable[Placed]) -> str:
    """The programs behind these roles, as a person lists them."""
    return listing(dict.fromkeys(placed.component.title for placed in roles))
