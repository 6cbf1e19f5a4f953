"""What a tier takes on a server type, asked of the components once: the one place that knows how they are resolved.

A skeleton is resolved with one server of each kind a tier has. What a request takes of a role is then divided among
as many servers as a candidate has, so that candidates need no design at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import ValidationError

from topology.capacity.availability import MTBF_HOURS, PROMOTION_HOURS, REPAIR_HOURS
from topology.capacity.calibration import FITTED, OBSERVED_ERROR, fit
from topology.capacity.flows import SOFT
from topology.capacity.holding import HELD
from topology.capacity.loads import Network, Passage, network_of, passages, shares, work_scv
from topology.capacity.memory import memory_of, memory_use
from topology.capacity.observed import observed_network
from topology.capacity.search.construction import Choice, Frame, Group, built, groups_of, role_names
from topology.capacity.search.inputs import Input, input_of
from topology.capacity.search.objective import Objective
from topology.capacity.search.space import Class, Coefficient, Form, Lift, Load, Seen
from topology.capacity.single_points import losses, replicas
from topology.components import DYNAMIC, PUBLIC, Cluster, Placed, resolve
from topology.design import Design, Host
from topology.errors import TierwrightError
from topology.hardware import ServerType
from topology.value import Estimate
from topology.workload import Workload, kind_of

STATEFUL: frozenset[str] = frozenset({"sql", "sql_replica", "nfs"})
"""Services whose servers keep what others have not: more of them are no more of the same."""
SPREADING: frozenset[str] = frozenset({"dns", "vrrp"})
"""Services that spread the public over several servers, or move it to another."""
SCALED: Mapping[str, tuple[str, tuple[float, ...]]] = {"app": ("workers", (0.5, 2.0)), "cache": ("memory_mib", (0.5,))}
"""By service: the setting of the role that offers it which is varied, and the factors on what it derives.

A cache is tried smaller only, where that lets its neighbours fit: no component says yet what a larger one gains.
"""
_Table = dict[tuple[int, int], float]
"""By class and input."""


@dataclass
class Register:
    """The inputs met so far; the same figure of the same component is one input, however many requests it is for."""

    inputs: list[Input]
    places: dict[tuple[str, Estimate], int] = field(default_factory=dict)

    def place(self, owner: str, figure: Estimate, name: str) -> int:
        """The place of a figure among the inputs."""
        key = (owner, figure)
        if key not in self.places:
            self.places[key] = len(self.inputs)
            self.inputs.append(input_of(name, figure))
        return self.places[key]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is asked, as every step of the lifting needs it."""

    workload: Workload
    """With the costs that an observation settles."""
    types: Mapping[str, ServerType]
    objective: Objective
    register: Register

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the classes, in order."""
        return tuple(shares(self.workload.mix()))


def problem_of(workload: Workload, first: Design, types: Mapping[str, ServerType], objective: Objective) -> Problem:
    """The problem, with the workload fitted on the first skeleton to what was observed."""
    inputs = [
        input_of("the rate of requests at the peak", workload.peak),
        input_of("how often a server stops", MTBF_HOURS),
        input_of("how long the repair of a server takes", REPAIR_HOURS),
        input_of("how long the promotion of a replica takes", PROMOTION_HOURS),
    ]
    fitted = fit(resolve(first, workload), workload).workload
    return Problem(workload=fitted, types=types, objective=objective, register=Register(inputs=inputs))


def classes_of(workload: Workload) -> tuple[Class, ...]:
    """The classes with a share; those that count for response times are the dynamic ones, or all where none is."""
    mix = workload.mix()
    found = shares(mix)
    dynamic = {name for name in found if kind_of(name, mix[name]) in DYNAMIC} or set(found)
    return tuple(
        Class(name=name, share=share, counts=name in dynamic, holds=kind_of(name, mix[name]) in DYNAMIC)
        for name, share in found.items()
    )


def seen_of(problem: Problem, first: Design) -> Seen | None:
    """What the observation says of the inputs; None without one, or where it cannot be used."""
    seen = problem.workload.observed
    if seen is None:
        return None
    cluster = resolve(first, problem.workload)
    try:
        network = observed_network(cluster, seen, problem.workload)
    except TierwrightError:
        return None
    parts: dict[bool, list[tuple[int, float]]] = {False: [], True: []}
    for item in passages(network, problem.workload.mix()):
        speed = network.hosts[item.key[0]].type.speed
        place = _place(problem, network, item)
        parts[FITTED in item.demand.cpu_ms.source].append((place, item.visits / 1000 / speed))
    if not parts[True]:
        return None
    error = Estimate(low=-OBSERVED_ERROR, mid=0, high=OBSERVED_ERROR, basis="guess", source="read from a graph")
    [host] = network.hosts.values()
    return Seen(
        rate=float(seen.requests_per_second),
        cores=host.type.cores,
        share=float(seen.cpu_share),
        error=problem.register.place("", error, "how busy the observed server really was"),
        fixed=tuple(parts[False]),
        fitted=tuple(parts[True]),
    )


def frame_of(design: Design, workload: Workload) -> Frame:
    """The skeleton taken apart, and which of its servers may be more."""
    cluster = resolve(design, workload)
    open_ = {edge.server for edge in cluster.edges if edge.client == PUBLIC}
    groups = {}
    for name, parts in groups_of(design).items():
        growing = [hosts for hosts in parts if _may_grow(cluster, hosts[0], open_)]
        most = max(growing, key=len, default=None)
        groups[name] = tuple(Group(hosts=hosts, grows=hosts is most) for hosts in parts)
    return Frame(design=design, groups=groups)


def lifts(frame: Frame, problem: Problem) -> dict[str, tuple[Lift, ...]]:
    """Every tier on every server type, by tier, with the derived settings first."""
    least = min(problem.types, key=lambda name: (problem.types[name].cores, problem.types[name].ram_mib))
    base = {name: Choice(type_name=least, count=1) for name in frame.groups}
    task = _Task(frame=frame, problem=problem, lone=_lone(frame, base, problem), idle=_idle(frame, base, problem))
    return {
        name: tuple(
            lift
            for type_name in problem.types
            for lift in task.on(name, {**base, name: Choice(type_name=type_name, count=1)})
        )
        for name in frame.groups
    }


def _may_grow(cluster: Cluster, host: Host, open_: set[str]) -> bool:
    """Equal servers can be added where they keep nothing alone and somebody spreads requests over them."""
    offered = {service for placed in cluster.by_host[host.name] for service in _offers(placed)}
    if not offered or offered & STATEFUL:
        return False
    return bool(offered & SPREADING) if host.name in open_ else not offered <= SPREADING


def _offers(placed: Placed) -> tuple[str, ...]:
    return placed.component.offers.get(placed.role.name, ())


def _lone(frame: Frame, base: Mapping[str, Choice], problem: Problem) -> Mapping[str, bool]:
    """Servers whose loss stops something while there is one of each; True where a replica takes their place."""
    network = _network(built(frame, base, problem.types, problem.objective.currency), problem.workload)
    sql = {offer.placed.host.name for offer in network.cluster.providers("sql")}
    return {
        loss.host: loss.host in sql and bool(replicas(network, loss.host))
        for loss in losses(network)
        if not loss.soft
    }  # fmt: skip


def _network(design: Design, workload: Workload) -> Network:
    return network_of(resolve(design, workload), workload)


def _idle(frame: Frame, base: Mapping[str, Choice], problem: Problem) -> frozenset[tuple[str, str]]:
    """Tier and role of those of which a second one has no traffic while the first one lives."""
    pairs = {name: replace(choice, count=2) for name, choice in base.items()}
    cluster = resolve(built(frame, pairs, problem.types, problem.objective.currency), problem.workload)
    return frozenset(
        (placed.host.tier, placed.role.name)
        for placed in cluster.placed
        if any(endpoint.weight == 0 for endpoint in cluster.endpoints_of(placed))
    )


@dataclass(frozen=True, kw_only=True)
class _Task:
    """The lifting of one skeleton."""

    frame: Frame
    problem: Problem
    lone: Mapping[str, bool]
    idle: frozenset[tuple[str, str]]

    def on(self, tier: str, choices: Mapping[str, Choice]) -> Iterator[Lift]:
        """One tier on one server type: as derived, then with one setting changed at a time."""
        network = self._network(choices)
        totals = self._totals(network, tier)
        yield self._lift(tier, choices[tier], network, totals)
        for settings in _variants(network, tier):
            chosen = replace(choices[tier], settings=settings)
            yield self._lift(tier, chosen, self._network({**choices, tier: chosen}), totals)

    def _network(self, choices: Mapping[str, Choice]) -> Network:
        problem = self.problem
        return _network(built(self.frame, choices, problem.types, problem.objective.currency), problem.workload)

    def _totals(self, network: Network, tier: str) -> dict[str, Load]:
        """By role: what a request takes of the whole tier."""
        problem, weights = self.problem, shares(self.problem.workload.mix())
        cpu: dict[str, _Table] = {}
        scv: dict[str, list[float]] = {}
        disk: dict[str, _Table] = {}
        sent: dict[str, _Table] = {}
        for item in passages(network, problem.workload.mix()):
            host = network.hosts[item.key[0]]
            if host.tier == tier:
                role, kind = item.key[1], problem.names.index(item.name)
                each = item.servers / weights[item.name]
                scv.setdefault(role, [1.0] * len(problem.names))[kind] = work_scv(network, item)
                place = _place(problem, network, item)
                _add(cpu.setdefault(role, {}), (kind, place), each * item.visits / 1000 / host.type.speed)
                if item.demand.disk_ms is not None:
                    reads = _disk(problem, network, item, item.demand.disk_ms)
                    _add(disk.setdefault(role, {}), (kind, reads), each * item.visits / 1000)
                if item.demand.bytes_out is not None and item.remote > 0:
                    size = problem.register.place("", item.demand.bytes_out, f"the size of a {item.name} answer")
                    _add(sent.setdefault(role, {}), (kind, size), each * item.remote)
        return {
            role: self._load(tier, role, cpu[role], disk.get(role, {}), sent.get(role, {}), tuple(scv[role]))
            for role in cpu
        }

    def _load(self, tier: str, role: str, cpu: _Table, disk: _Table, sent: _Table, scv: tuple[float, ...]) -> Load:
        sharing = [group for group in self.frame.groups[tier] if role in role_names(group.roles)]
        return Load(
            role=role,
            cpu=_coefficients(cpu),
            disk=_coefficients(disk),
            sent=_coefficients(sent),
            fixed=sum(len(group.hosts) for group in sharing if not group.grows),
            grows=any(group.grows for group in sharing),
            standby=(tier, role) in self.idle,
            scv=scv,
        )

    def _lift(self, tier: str, choice: Choice, network: Network, totals: Mapping[str, Load]) -> Lift:
        machine = self.problem.types[choice.type_name]
        memory = memory_of(network.cluster)
        forms = tuple(
            self._form(group, network, totals, memory_use(memory[group.hosts[0].name], machine.ram_mib).used)
            for group in self.frame.groups[tier]
        )
        return Lift(
            type_name=choice.type_name,
            cores=machine.cores,
            ram_mib=machine.ram_mib,
            network_mbit=machine.network_mbit,
            price=float(machine.price_month or 0),
            speed=float(machine.speed),
            settings=tuple(choice.settings),
            forms=forms,
            least=max(group.least for group in self.frame.groups[tier]),
        )

    def _form(self, group: Group, network: Network, totals: Mapping[str, Load], memory_mib: float) -> Form:
        name = group.hosts[0].name
        placed = network.cluster.by_host[name]
        roles = dict.fromkeys(item.role.name for item in placed)
        return Form(
            grows=group.grows,
            members=0 if group.grows else len(group.hosts),
            loads=tuple(totals[role] for role in roles if role in totals),
            slots=_slots(network, placed, "slots"),
            processes=_slots(network, placed, "processes"),
            memory_mib=memory_mib,
            lone=name in self.lone and (group.grows or len(group.hosts) == 1),
            asked=any(set(_offers(item)) - SOFT for item in placed if item.role.name in totals),
            promoted=self.lone.get(name, False),
            in_turn=_is_dealt_in_turn(network, name),
        )


def _is_dealt_in_turn(network: Network, host: str) -> bool:
    """Whoever asks this server from elsewhere deals its requests out in turn, as soon as it has an equal."""
    asks = (ask for route in network.routes.values() for asks in route.asks.values() for ask in asks)
    policies = {ask.policy for ask in asks for hop in ask.hops if hop.to[0] == host and hop.share > 0 and not hop.local}
    return policies == {"round_robin"}


def _variants(network: Network, tier: str) -> Iterator[tuple[tuple[str, str, int], ...]]:
    """Settings beside the derived ones, of roles that requests pass; what the plan writes is kept."""
    done = set()
    for key, placed in network.placed.items():
        for service in _offers(placed):
            setting, factors = SCALED.get(service, ("", ()))
            if placed.host.tier == tier and (key[1], setting) not in done and _is_derived(placed, setting):
                done.add((key[1], setting))
                derived = placed.component.size(placed)[setting]
                values = dict.fromkeys(max(1, round(derived * factor)) for factor in factors)
                yield from (
                    ((key[1], setting, value),)
                    for value in values
                    if value != derived and _permitted(placed, setting, value)
                )


def _is_derived(placed: Placed, setting: str) -> bool:
    return setting in placed.component.settings.model_fields and getattr(placed.written, setting) is None


def _permitted(placed: Placed, setting: str, value: int) -> bool:
    try:
        placed.component.settings.model_validate({setting: value})
    except ValidationError:
        return False
    return True


def _coefficients(table: _Table) -> tuple[Coefficient, ...]:
    return tuple((kind, place, value) for (kind, place), value in table.items())


def _add(table: _Table, key: tuple[int, int], value: float) -> None:
    table[key] = table.get(key, 0.0) + value


def _place(problem: Problem, network: Network, item: Passage) -> int:
    placed = network.placed[item.key]
    name = f"the CPU time that {placed.component.title} takes for a {item.name} request"
    return problem.register.place(placed.component.name, item.demand.cpu_ms, name)


def _disk(problem: Problem, network: Network, item: Passage, figure: Estimate) -> int:
    placed = network.placed[item.key]
    name = f"the time for which {placed.component.title} keeps the disk busy for a {item.name} request"
    return problem.register.place(placed.component.name, figure, name)


def _slots(network: Network, placed: Sequence[Placed], what: Literal["slots", "processes"]) -> int | None:
    """The fewest before any of the work on a server; a role has those of each site, of its doors the widest."""
    found = []
    for role in placed:
        by_site: dict[str, int] = {}
        for endpoint in network.cluster.endpoints_of(role):
            count: int | None = getattr(endpoint, what)
            if endpoint.service in HELD and count is not None:
                by_site[endpoint.site] = max(by_site.get(endpoint.site, 0), count)
        found.extend([sum(by_site.values())] if by_site else [])
    return min(found, default=None)
