"""The picture of a design, or of a change, before it is drawn: tiers, boxes and arrows as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from topology.capacity import Forecast
from topology.components import PUBLIC, Cluster, Edge, resolve
from topology.design import Design, Host
from topology.diagrams.style import Hue, State, hue_of

MANY = 6
"""A tier of more equal servers than this is drawn as one box."""
MAX_BOXES = 60
"""Above this many servers every run of equal servers is one box."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """A server, or a run of equal servers of one tier."""

    name: str
    tier: str
    count: int
    names: tuple[str, ...]
    facts: str
    """Type, cores and memory, as a line."""
    address: str
    roles: tuple[str, ...]
    state: State = "same"
    cpu: float | None = None
    """Busy share of the CPU at the peak, 0 to 1; None where it is not known."""
    rate: float | None = None
    """Requests a second that pass here at the peak; of all servers of the run together."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """A tier."""

    name: str
    hue: Hue
    boxes: tuple[Box, ...]
    state: State = "same"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """What one tier opens to another: all its connections to one port, as one arrow."""

    client: str
    """Tier, or PUBLIC."""
    server: str
    service: str
    port: str
    state: State = "same"
    rate: float | None = None


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Everything that is drawn, in the order in which it is read."""

    title: str
    groups: tuple[Group, ...]
    arrows: tuple[Arrow, ...]
    is_change: bool = False


def picture_of(design: Design, *, forecast: Forecast | None = None, cluster: Cluster | None = None) -> Picture:
    """The picture of a design; with a forecast, each server shows its load at the peak."""
    cluster = cluster or resolve(design)
    rates = {host.name: host for host in forecast.hosts} if forecast else {}
    single = len(design.hosts) <= MAX_BOXES
    boxes = [_load(_box(host), rates) for host in design.hosts]
    groups = tuple(
        Group(
            name=tier.name,
            hue=_hue(cluster, tier.name),
            boxes=tuple(_gather([box for box in boxes if box.tier == tier.name], single=single)),
            note=_note(cluster, tier.name),
        )
        for tier in design.tiers
    )
    return Picture(title=f"Servers of {design.name}", groups=groups, arrows=_arrows(cluster, groups))


def picture_of_change(before: Design, after: Design, *, forecast: Forecast | None = None) -> Picture:
    """The union of two designs, in which everything says whether it was added, removed or changed."""
    old, new = _whole(before, None), _whole(after, forecast)
    names = [group.name for group in new.groups]
    names += [group.name for group in old.groups if group.name not in names]
    groups = tuple(_merge(_find(old, name), _find(new, name)) for name in names)
    single = sum(len(group.boxes) for group in groups) <= MAX_BOXES
    gathered = tuple(replace(group, boxes=tuple(_gather(group.boxes, single=single))) for group in groups)
    title = f"From {before.name} to {after.name}" if before.name != after.name else f"A change of {after.name}"
    return Picture(title=title, groups=gathered, arrows=_merged_arrows(old.arrows, new.arrows), is_change=True)


def _whole(design: Design, forecast: Forecast | None) -> Picture:
    """The picture with every server as a box of its own."""
    cluster = resolve(design)
    rates = {host.name: host for host in forecast.hosts} if forecast else {}
    groups = tuple(
        Group(
            name=tier.name,
            hue=_hue(cluster, tier.name),
            boxes=tuple(_load(_box(host), rates) for host in design.hosts if host.tier == tier.name),
            note=_note(cluster, tier.name),
        )
        for tier in design.tiers
    )
    return Picture(title="", groups=groups, arrows=_arrows(cluster, groups))


def _box(host: Host) -> Box:
    gib = host.type.ram_mib / 1024
    memory = f"{gib:.0f} GiB" if gib >= 10 or gib == int(gib) else f"{gib:.1f} GiB"
    cores = "1 core" if host.type.cores == 1 else f"{host.type.cores} cores"
    return Box(
        name=host.name,
        tier=host.tier,
        count=1,
        names=(host.name,),
        facts=f"{host.type_name} · {cores} · {memory}",
        address=host.address,
        roles=tuple(role.name for role in host.roles),
    )


def _load(box: Box, rates: Mapping[str, object]) -> Box:
    found = rates.get(box.name)
    if found is None:
        return box
    cpu = found.utilisation.get("cpu")  # type: ignore[attr-defined]
    rate: float = found.requests_per_second  # type: ignore[attr-defined]
    return replace(box, cpu=None if cpu is None else cpu.value, rate=rate)


def _gather(boxes: Iterable[Box], *, single: bool) -> Iterator[Box]:
    """Boxes in their order; a run of equal servers that is too long to draw becomes one box."""
    for run in _runs(boxes):
        too_long = len(run) > (MANY if single else 1)
        yield from [_as_one(run)] if too_long else run


def _runs(boxes: Iterable[Box]) -> Iterator[list[Box]]:
    run: list[Box] = []
    for box in boxes:
        if run and _likeness(run[-1]) != _likeness(box):
            yield run
            run = []
        run.append(box)
    if run:
        yield run


def _likeness(box: Box) -> tuple[object, ...]:
    return (box.tier, box.facts, box.roles, box.state)


def _as_one(run: list[Box]) -> Box:
    loads = [box.cpu for box in run if box.cpu is not None]
    rates = [box.rate for box in run if box.rate is not None]
    first, last = run[0], run[-1]
    return replace(
        first,
        name=f"{first.name} … {last.name}",
        count=len(run),
        names=tuple(box.name for box in run),
        address=f"{first.address} …",
        cpu=max(loads, default=None),
        rate=sum(rates) if rates else None,
    )


def _hue(cluster: Cluster, tier: str) -> Hue:
    roles = {role.name for host in cluster.design.hosts if host.tier == tier for role in host.roles}
    return hue_of(s for role in roles for s in cluster.components[role].offers.get(role, ()))


def _note(cluster: Cluster, tier: str) -> str:
    """What the servers of a tier open to each other, which would be a web of arrows."""
    inside = {
        f"{edge.endpoint.service} {_port(edge)}"
        for edge in cluster.edges
        if edge.client != PUBLIC
        and not edge.local
        and _tier(cluster, edge.client) == tier == _tier(cluster, edge.server)
    }
    return ", ".join(sorted(inside))


def _tier(cluster: Cluster, host: str) -> str:
    return PUBLIC if host == PUBLIC else cluster.host(host).tier


def _port(edge: Edge) -> str:
    return "VRRP" if edge.endpoint.protocol == "vrrp" else f"{edge.endpoint.port}/{edge.endpoint.protocol}"


def _arrows(cluster: Cluster, groups: tuple[Group, ...]) -> tuple[Arrow, ...]:
    found: dict[tuple[str, str, str], set[str]] = {}
    for edge in cluster.edges:
        client, server = _tier(cluster, edge.client), _tier(cluster, edge.server)
        if client != server:
            found.setdefault((client, server, edge.endpoint.service), set()).add(_port(edge))
    rates = {group.name: [box.rate for box in group.boxes if box.rate is not None] for group in groups}
    return tuple(
        Arrow(
            client=client,
            server=server,
            service=service,
            port=", ".join(sorted(ports)),
            rate=_rate(rates, server, found),
        )
        for (client, server, service), ports in found.items()
    )


def _rate(
    rates: Mapping[str, list[float]], server: str, found: Mapping[tuple[str, str, str], set[str]]
) -> float | None:
    """The flow of an arrow, where it is the only one into its tier and so carries all of its requests."""
    only = sum(1 for _, target, _ in found if target == server) == 1
    return sum(rates[server]) if only and rates.get(server) else None


def _find(picture: Picture, name: str) -> Group | None:
    return next((group for group in picture.groups if group.name == name), None)


def _merge(old: Group | None, new: Group | None) -> Group:
    if new is None:
        assert old is not None
        return replace(old, state="removed", boxes=tuple(replace(box, state="removed") for box in old.boxes))
    if old is None:
        return replace(new, state="added", boxes=tuple(replace(box, state="added") for box in new.boxes))
    before = {box.name: box for box in old.boxes}
    kept = {box.name for box in new.boxes}
    boxes = [_compare(before.get(box.name), box) for box in new.boxes]
    boxes += [replace(box, state="removed") for box in old.boxes if box.name not in kept]
    return replace(new, boxes=tuple(boxes))


def _compare(old: Box | None, new: Box) -> Box:
    if old is None:
        return replace(new, state="added")
    if (old.facts, old.roles, old.address) == (new.facts, new.roles, new.address):
        return new
    facts = new.facts if old.facts == new.facts else f"{old.facts} → {new.facts}"
    gone = tuple(f"− {role}" for role in old.roles if role not in new.roles)
    roles = tuple(role if role in old.roles else f"+ {role}" for role in new.roles)
    return replace(new, state="changed", facts=facts, roles=(*roles, *gone))


def _merged_arrows(old: tuple[Arrow, ...], new: tuple[Arrow, ...]) -> tuple[Arrow, ...]:
    def key(arrow: Arrow) -> tuple[str, str, str, str]:
        return (arrow.client, arrow.server, arrow.service, arrow.port)

    before, after = {key(arrow) for arrow in old}, {key(arrow) for arrow in new}
    arrows = [arrow if key(arrow) in before else replace(arrow, state="added") for arrow in new]
    return tuple(arrows + [replace(arrow, state="removed", rate=None) for arrow in old if key(arrow) not in after])
