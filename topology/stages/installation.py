"""Putting a host's files in place, role by role: what is to be done there, and the lines that do and undo it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote

from topology.components import EVERY_HOST, FILES, PUBLIC, ConfigFile, Edge, Placed, Preparation
from topology.design import Host
from topology.diff import FileChange
from topology.sizing import HEALTH_PATH
from topology.stages.steps import Block, Phase, Placing, Transition, Tree, shared, units

_BY_SERVICE: tuple[tuple[str, Phase], ...] = (
    ("app", Phase.APP),
    ("balancer", Phase.BALANCER),
    ("vrrp", Phase.BALANCER),
    ("dns", Phase.DNS),
    ("sql", Phase.DATABASE),
    ("sql_replica", Phase.DATABASE),
    ("pool", Phase.POOL),
    ("cache", Phase.CACHE),
    ("nfs", Phase.FILES),
    ("media", Phase.FILES),
)
"""The first service of this list that a role offers says when its files come."""

_VERBS: Mapping[str, str] = {"reload": "reload-or-restart", "restart": "restart"}
"""A program that stands still for the change is started by either."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """What is to be done on one host in one phase."""

    change: Transition
    host: Host
    added: tuple[Placed, ...]
    """Roles that were not on this host before."""
    standing: tuple[Placed, ...]
    """Roles that were there and whose files change."""
    files: tuple[Placing, ...]
    """Files that are new or changed."""
    gone: tuple[Placing, ...]
    """Files that a role which stays no longer has."""

    @property
    def is_new(self) -> bool:
        """The server was not there before."""
        return self.change.is_new(self.host.name)

    @property
    def roles(self) -> tuple[Placed, ...]:
        """Every role concerned."""
        return (*self.added, *self.standing)

    @property
    def replaced(self) -> tuple[str, ...]:
        """Paths that hold a file already."""
        old = self.change.trees_before.get(self.host.name, {})
        return tuple(p.file.path for p in (*self.files, *self.gone) if p.file.path in old)

    @property
    def restarts(self) -> bool:
        """A program that was running is started anew."""
        keys = {placed.key for placed in self.standing}
        files = [p.file for p in (*self.files, *self.gone) if p.placed.key in keys]
        return any(file.action == "restart" and file.unit for file in files)

    @property
    def preparations(self) -> tuple[Preparation, ...]:
        """What a person does by hand now, and did not have to before."""
        before = {item for placed in _roles_before(self) for item in placed.component.preparations(placed)}
        ready = {placed.key for placed in self.change.promoted}
        now = (p for placed in self.roles if placed.key not in ready for p in placed.component.preparations(placed))
        return tuple(item for item in now if item not in before)

    @property
    def changes(self) -> tuple[FileChange, ...]:
        """The files as a bundle has them."""
        kept = set(self.replaced)
        put = (rooted(self.host, p.file.path, kept) for p in self.files)
        taken = (FileChange(host=self.host.name, path=f"rootfs{p.file.path}", what="removed") for p in self.gone)
        return (*put, *taken)


def _roles_before(item: Work) -> tuple[Placed, ...]:
    before = item.change.before
    return () if before is None or item.is_new else before.by_host[item.host.name]


def rooted(host: Host, path: str, there: Iterable[str]) -> FileChange:
    """A file of the bundle that is put in place, over one of `there` or anew."""
    return FileChange(host=host.name, path=f"rootfs{path}", what="changed" if path in there else "added")


def phase_of(placed: Placed) -> Phase:
    """When a role's files are put in place."""
    if EVERY_HOST in placed.component.implied_by:
        return Phase.NETWORK
    offered = placed.component.offers.get(placed.role.name, ())
    found = next((phase for service, phase in _BY_SERVICE if service in offered), None)
    if found is not None:
        return found
    return Phase.MOUNT if any("nfs" in need.services for need in placed.component.needs(placed)) else Phase.APP


def work(change: Transition, phase: Phase) -> tuple[Work, ...]:
    """What is to be done in a phase, host by host in the order of the plan; nothing where no file changes."""
    found = (_work(change, host, phase) for host in change.after.design.hosts)
    return tuple(item for item in found if item.files or item.gone)


def blocks(
    items: Sequence[Work], *, by_hand: Sequence[Work], instead: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[Block, ...]:
    """Packages and files, then what a person prepares on some of the hosts, then the units.

    Hosts with the same lines share a block. `instead` gives, for a host, other lines than those of its units.
    """
    other = instead or {}
    put = shared((item.host.name, tuple(_lines(item))) for item in items)
    started = shared((item.host.name, other.get(item.host.name, _units_of(item))) for item in items)
    return (*put, *prepared(by_hand), *started)


def prepared(items: Sequence[Work]) -> tuple[Block, ...]:
    """Each preparation once, with the hosts that need it; those that a role had before are left out."""
    table: dict[Preparation, list[str]] = {}
    for item in items:
        for preparation in item.preparations:
            table.setdefault(preparation, []).append(item.host.name)
    return tuple(Block(hosts=tuple(hosts), lines=item.lines, says=item.does) for item, hosts in table.items())


def undo_lines(item: Work) -> tuple[str, ...]:
    """The old files back in place, the new ones away, and the units of the roles that stay."""
    kept = set(item.replaced)
    new = [p.file.path for p in item.files if p.file.path not in kept]
    back = tuple(f"cp -a {item.change.aside}{quote(path)} {quote(path)}" for path in item.replaced)
    away = (f"rm -f {' '.join(map(quote, new))}",) if new else ()
    there = named_units(item.change.trees_before.get(item.host.name, {}))
    begun = dict.fromkeys(p.file.unit for p in item.files if p.file.unit and p.file.unit not in there)
    stopped = tuple(f"systemctl disable --now {quote(unit)}" for unit in begun)
    files = [p.file for p in (*item.files, *item.gone) if p.file.unit in there]
    return (*stopped, *back, *away, *_unit_lines(files, there=there - set(_vanishing(item))))


def put_aside(change: Transition, paths: Iterable[str]) -> tuple[str, ...]:
    """Lines that keep files which are about to be replaced or removed; run twice, they keep the first copy."""
    words = " ".join(map(quote, paths))
    return (f"mkdir -p {change.aside}", f"cp -an --parents {words} {change.aside}/") if words else ()


def tried_doors(change: Transition, items: Iterable[Work]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """For each server and port of these roles, the line with which a remote client tries the door."""
    keys = {placed.key for item in items for placed in item.roles}
    seen: set[tuple[str, int]] = set()
    for edge in change.after.edges:
        door = (edge.server, edge.endpoint.port)
        if (edge.server, edge.server_role) in keys and door not in seen and _is_tried(edge):
            seen.add(door)
            address = edge.endpoint.address or change.after.host(edge.server).address
            yield edge.client, (f"timeout 3 bash -c '</dev/tcp/{address}/{edge.endpoint.port}' && echo open",)


def health(item: Work) -> tuple[str, ...]:
    """Lines that show on the host itself that these roles run and answer."""
    names = dict.fromkeys(unit for placed in item.roles for unit in units(placed))
    running = (f"systemctl is-active {' '.join(map(quote, names))}",) if names else ()
    answers = dict.fromkeys(line for placed in item.roles for line in _answers(placed))
    return (*running, *answers)


def _is_tried(edge: Edge) -> bool:
    return not edge.local and edge.client != PUBLIC and edge.endpoint.protocol == "tcp"


def _answers(placed: Placed) -> Iterator[str]:
    """An HTTP request, as far as the role answers HTTP itself."""
    site = placed.cluster.sites[0]
    for endpoint in placed.component.endpoints(placed):
        if endpoint.service in ("web", "balancer", "media") and endpoint.protocol == "tcp":
            files = endpoint.carries and endpoint.carries <= FILES
            name, path = (f"media.{site.domains[0]}", "/") if files else (site.domains[0], site.path)
            url = f"http://127.0.0.1:{endpoint.port}{path}{HEALTH_PATH}"
            yield f"curl -s -o /dev/null -w '%{{http_code}}\\n' -H 'Host: {name}' {url}"


def _work(change: Transition, host: Host, phase: Phase) -> Work:
    old, new = change.trees_before.get(host.name, {}), change.trees_after[host.name]
    there = set() if change.is_new(host.name) else _role_names(change, host.name)
    mine = {p.key: p for p in change.after.by_host[host.name] if phase_of(p) == phase}
    files = tuple(p for path, p in new.items() if p.placed.key in mine and (path not in old or differs(old[path], p)))
    gone = tuple(_gone(change, host.name, phase))
    keys = {item.placed.key for item in (*files, *gone)}
    touched = [placed for key, placed in mine.items() if key in keys]
    added = tuple(p for p in touched if p.role.name not in there)
    return Work(
        change=change,
        host=host,
        added=added,
        standing=tuple(p for p in touched if p.role.name in there),
        files=files,
        gone=gone,
    )


def _role_names(change: Transition, host: str) -> set[str]:
    return set() if change.before is None else {p.role.name for p in change.before.by_host[host]}


def _gone(change: Transition, host: str, phase: Phase) -> Iterator[Placing]:
    """Files that a role which stays no longer has; those of roles that leave wait for RETIRE."""
    kept = {p.role.name for p in change.after.by_host[host]}
    for path, placing in change.trees_before.get(host, {}).items():
        stays = placing.placed.role.name in kept
        if path not in change.trees_after[host] and stays and phase_of(placing.placed) == phase:
            yield placing


def differs(old: Placing, new: Placing) -> bool:
    """The file is another one, or belongs to somebody else."""
    return (old.file.text, old.file.mode, old.file.owner) != (new.file.text, new.file.mode, new.file.owner)


def _lines(item: Work) -> Iterator[str]:
    packages = sorted({word for placed in item.added for word in placed.component.package.split()})
    if packages:
        yield f"DEBIAN_FRONTEND=noninteractive apt-get install -y {' '.join(map(quote, packages))}"
    yield from put_aside(item.change, item.replaced)
    yield from (_install(item.change, p.file) for p in item.files)
    yield from _removal(item)
    if any(p.file.path.startswith("/etc/systemd/") for p in (*item.files, *item.gone)):
        yield "systemctl daemon-reload"
    if any(p.file.path.startswith("/etc/tmpfiles.d/") for p in item.files):
        yield "systemd-tmpfiles --create"


def _units_of(item: Work) -> tuple[str, ...]:
    left = _vanishing(item)
    files = [p.file for p in (*item.files, *item.gone) if p.file.unit not in left]
    return _unit_lines(files, there=named_units(item.change.trees_before.get(item.host.name, {})))


def named_units(tree: Tree) -> set[str]:
    """The units that the files of a host name."""
    return {placing.file.unit for placing in tree.values() if placing.file.unit}


def _vanishing(item: Work) -> tuple[str, ...]:
    """Units of files that go, which no file of the host names any more."""
    kept = named_units(item.change.trees_after[item.host.name])
    return tuple(dict.fromkeys(p.file.unit for p in item.gone if p.file.unit and p.file.unit not in kept))


def _removal(item: Work) -> Iterator[str]:
    paths = " ".join(quote(p.file.path) for p in item.gone)
    if paths:
        yield from (f"systemctl disable --now {quote(unit)}" for unit in _vanishing(item))
        yield f"rm -f {paths}"


def _install(change: Transition, file: ConfigFile) -> str:
    """The line that puts one staged file in place, with its owner and mode."""
    owner, _, group = file.owner.partition(":")
    path = quote(file.path)
    return f"install -D -o {quote(owner)} -g {quote(group or owner)} -m {file.mode:04o} {change.staged}{path} {path}"


def _unit_lines(files: Iterable[ConfigFile], *, there: Collection[str]) -> tuple[str, ...]:
    """The lines that make programs read their files: each unit once, a restart rather than a reload.

    A unit that is not there yet is enabled and started.
    """
    wanted: dict[str, str] = {}
    for file in files:
        if file.unit and (file.action != "none" or file.unit not in there) and wanted.get(file.unit) != "restart":
            wanted[file.unit] = "restart" if file.action == "none" else file.action
    return tuple(
        f"systemctl {_VERBS[action]} {quote(unit)}"
        if unit in there
        else f"systemctl enable {quote(unit)} && systemctl restart {quote(unit)}"
        for unit, action in wanted.items()
    )
