"""Equal servers worked out once: of each kind the first, and one that stands for the rest.

The first of a kind may be special (it holds a shared address, it is asked before the others), and of two servers one
may die; more than two of a kind differ in nothing that a forecast asks. So a plan of ten thousand servers costs as
much as one of twenty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

from topology.capacity.answer import HostForecast
from topology.capacity.flows import NOBODY, Lost
from topology.components import Cluster, Limits, resolve
from topology.design import Design, Networks, Server, ServerCount, Tier, server_names
from topology.errors import Place, TierwrightError
from topology.workload import Workload


@dataclass(frozen=True, kw_only=True)
class Folded:
    """A design of representatives, and the servers that each stands for."""

    design: Design
    equals: Mapping[str, int]
    """How many servers a representative stands for, itself among them; 1 where it is not named."""
    whole: Design
    stands_in: Mapping[str, str] = field(default_factory=dict)
    """The representative of each server of a listed tier that has one."""

    def servers(self) -> Iterator[tuple[str, str, str]]:
        """Tier, name and representative of every server, in the order of the plan."""
        for tier in self.whole.tiers:
            counted = isinstance(tier.servers, ServerCount)
            for number, name in enumerate(server_names(tier)):
                second = f"{tier.name}2" if number > 1 else name
                yield tier.name, name, second if counted else self.stands_in.get(name, name)


@dataclass(frozen=True, kw_only=True)
class SmallCluster:
    """A cluster of representatives, what is asked of it, and how many of their equals are dead."""

    cluster: Cluster
    workload: Workload
    folded: Folded
    dead: frozenset[str] = frozenset()
    """Servers that are dead, by their own names."""

    @property
    def lost(self) -> Lost:
        """The same by representative."""
        if not self.dead:
            return NOBODY
        return Counter(kind for _, name, kind in self.folded.servers() if name in self.dead)


class Servers(Sequence[HostForecast]):
    """The forecast of every living server, in the order of the plan; made when somebody asks."""

    def __init__(self, small: SmallCluster, kinds: Sequence[HostForecast]) -> None:
        self._small = small
        self._kinds = tuple(kinds)
        self._all: tuple[HostForecast, ...] | None = None

    @overload
    def __getitem__(self, index: int) -> HostForecast: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[HostForecast]: ...

    def __getitem__(self, index: int | slice) -> HostForecast | Sequence[HostForecast]:
        return self._unfolded()[index]

    def __len__(self) -> int:
        return len(self._unfolded())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._unfolded() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._kinds)

    def alike(self) -> Iterator[tuple[HostForecast, tuple[str, ...]]]:
        """Each kind of living server once, with the names of all that are like it."""
        names: dict[str, list[str]] = {}
        for _, name, kind in self._small.folded.servers():
            if name not in self._small.dead:
                names.setdefault(kind, []).append(name)
        by_name = {kind.name: kind for kind in self._kinds}
        return ((by_name[kind].named(like[0]), tuple(like)) for kind, like in names.items())

    def _unfolded(self) -> tuple[HostForecast, ...]:
        if self._all is None:
            by_name = {kind.name: kind for kind in self._kinds}
            living = ((n, kind) for _, n, kind in self._small.folded.servers() if n not in self._small.dead)
            self._all = tuple(by_name[kind].named(name) for name, kind in living)
        return self._all


def fold(design: Design) -> Folded:
    """The representatives of a design; the design itself where no three servers are equal."""
    equals: dict[str, int] = {}
    stands_in: dict[str, str] = {}
    tiers = tuple(_fold_tier(tier, equals, stands_in) for tier in design.tiers)
    if not equals:
        return Folded(design=design, equals={}, whole=design)
    small = design.model_copy(update={"tiers": tiers, "network": _network(design)})
    return Folded(design=small, equals=equals, whole=design, stands_in=stands_in)


def cluster_of(design: Design, workload: Workload, *, limits: Limits, lost: Collection[str] = ()) -> SmallCluster:
    """The cluster of a design's representatives; raises TierwrightError for a lost server that it has not."""
    small = fold(design)
    cluster = resolve(small.design, workload, limits=limits, equals=small.equals)
    _refuse_strangers(small, lost)
    return SmallCluster(cluster=cluster, workload=workload, folded=small, dead=frozenset(lost))


def folded(cluster: Cluster) -> SmallCluster:
    """The same of a resolved cluster, which holds its workload."""
    assert cluster.workload is not None
    small = fold(cluster.design)
    again = replace(cluster, design=small.design, equals=small.equals)
    return SmallCluster(cluster=again, workload=cluster.workload, folded=small)


def _refuse_strangers(small: Folded, names: Collection[str]) -> None:
    known = {name for _, name, _ in small.servers()} if names else set()
    for name in names:
        if name not in known:
            raise TierwrightError(f"no server of this plan is called {name}", place=Place(path="tiers"))


def size_of(tier: Tier) -> int:
    """How many servers a tier has."""
    return tier.servers.count if isinstance(tier.servers, ServerCount) else len(tier.servers)


def _network(design: Design) -> Networks | None:
    """The whole design's network: its default depends on how many servers there are."""
    if design.network is not None and design.network.cidr is not None:
        return design.network
    many = sum(size_of(tier) for tier in design.tiers) > 200
    own = design.network or Networks()
    return own.model_copy(update={"cidr": "10.0.0.0/16"}) if many else design.network


def _fold_tier(tier: Tier, equals: dict[str, int], stands_in: dict[str, str]) -> Tier:
    if isinstance(tier.servers, ServerCount):
        if tier.servers.count <= 2:
            return tier
        first, rest = (Server(name=f"{tier.name}{number}", type=tier.servers.type) for number in (1, 2))
        equals[rest.name] = tier.servers.count - 1
        return tier.model_copy(update={"servers": (first, rest)})
    kept = _representatives(tier.servers, equals, stands_in)
    return tier if len(kept) == len(tier.servers) else tier.model_copy(update={"servers": kept})


def _representatives(
    servers: tuple[Server, ...], equals: dict[str, int], stands_in: dict[str, str]
) -> tuple[Server, ...]:
    """The first two of each kind, in the order of the plan; the second stands for those after it."""
    kinds: list[list[Server]] = []
    kept: list[Server] = []
    for server in servers:
        kind = next((known for known in kinds if _is_like(known[0], server)), None)
        if kind is None:
            kinds.append([server])
            kept.append(server)
        elif len(kind) == 1:
            kind.append(server)
            kept.append(server)
        else:
            stands_in[server.name] = kind[1].name
            equals[kind[1].name] = equals.get(kind[1].name, 1) + 1
    return tuple(kept)


def _is_like(one: Server, other: Server) -> bool:
    return one.type == other.type and one.roles == other.roles and one.settings == other.settings
