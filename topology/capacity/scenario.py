"""A design as a system that can be simulated: its servers, what is held on the way, and the steps of each request.

Equal servers are a group, among which a client spreads its requests by its own policy; servers of different kinds
that share a service are chosen by chance, by their weights. The parts of a request's own time on the application's
host grow and shrink together (a dear page is dear throughout), those elsewhere by themselves. Where a role asks
servers of the kind that the request is on already, it asks the one it is on: the load of each is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from topology.capacity.equals import alike
from topology.capacity.flows import OPENING, Ask, Hop, Key
from topology.capacity.holding import CONNECTED
from topology.capacity.limits import Limits
from topology.capacity.loads import shares
from topology.capacity.simulation import (
    Choose,
    Free,
    Group,
    Hold,
    Leave,
    Model,
    Pick,
    Policy,
    Repeat,
    Serve,
    Slots,
    Spread,
    Station,
    Step,
    Stream,
)
from topology.components import DYNAMIC
from topology.design import Host
from topology.workload import kind_of

PAGES, FILES = "pages", "files"
"""The two streams of a scenario: requests that the site's code answers, and files."""
MOST_CALLS = 100
"""Calls of one request that are simulated singly; more are as many longer ones."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Equal servers, in the name of the first."""

    name: str
    hosts: tuple[str, ...]
    servers: int

    @property
    def group(self) -> str:
        """The group of its stations; empty for a server that is alone."""
        return self.name if self.servers > 1 else ""

    @property
    def cpu(self) -> str:
        """The station of its cores."""
        return f"CPU of {self.name}"

    @property
    def disk(self) -> str:
        """The station of its disk."""
        return f"disk of {self.name}"


@dataclass(frozen=True)
class Scenario:
    """One world of a design at one rate."""

    limits: Limits
    rate: float
    """Requests per second of the whole site."""
    dispersion: float = 1.0
    users: int | None = None
    """People who each wait for an answer before they ask for the next page; None for arrivals that do not wait."""
    think: float = 0.0
    """Seconds that such a person takes in between, on average."""

    @cached_property
    def model(self) -> Model:
        """What is simulated."""
        streams = tuple(self._streams())
        return Model(
            streams=streams,
            stations=tuple(self._stations()),
            slots=(*self._workers.values(), *self._connections.values()),
            groups=tuple(
                Group(name=kind.name, members=kind.servers, policy=self._policies.get(kind.name, "random"))
                for kind in self.kinds
                if kind.servers > 1
            ),
        )

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of servers that requests reach."""
        network = self.limits.network
        found: list[list[Host]] = []
        for name in dict.fromkeys(host for (host, _), visits in self.limits.state.visits.items() if visits > 0):
            host = network.hosts[name]
            kin = next((hosts for hosts in found if alike(hosts[0], host)), None)
            found.append([host]) if kin is None else kin.append(host)
        return tuple(
            Kind(
                name=hosts[0].name,
                hosts=tuple(host.name for host in hosts),
                servers=sum(network.servers(host.name) for host in hosts),
            )
            for hosts in found
        )

    @cached_property
    def _kind_of(self) -> Mapping[str, Kind]:
        return {host: kind for kind in self.kinds for host in kind.hosts}

    @cached_property
    def _policies(self) -> dict[str, Policy]:
        return {}

    @cached_property
    def _connections(self) -> dict[str, Slots]:
        return {}

    @cached_property
    def _workers(self) -> dict[tuple[str, str], Slots]:
        """Slots of workers by kind and role."""
        found: dict[tuple[str, str], Slots] = {}
        for pool in self.limits.pools:
            kind = self._kind_of[pool.key[0]]
            name = f"{pool.key[1]} of {kind.name}"
            found.setdefault((kind.name, pool.key[1]), Slots(name=name, count=pool.slots, group=kind.group))
        return found

    def _stations(self) -> Iterator[Station]:
        for kind in self.kinds:
            cores = self.limits.network.hosts[kind.hosts[0]].type.cores
            yield Station(name=kind.cpu, servers=cores, group=kind.group)
            if any(self.limits.state.disk.get(host, 0.0) > 0 for host in kind.hosts):
                yield Station(name=kind.disk, servers=1, discipline="fcfs", group=kind.group)

    def _streams(self) -> Iterator[Stream]:
        """Classes of one stream are told apart by chance, so that its percentiles are those of their mixture."""
        mix = self.limits.mix
        for stream, wanted in ((PAGES, True), (FILES, False)):
            parts = {n: s for n, s in shares(mix).items() if (kind_of(n, mix[n]) in DYNAMIC) is wanted}
            total = sum(parts.values())
            if total > 0:
                ways = tuple((share / total, tuple(self._asked(OPENING, name, 1))) for name, share in parts.items())
                steps = ways[0][1] if len(ways) == 1 else (Choose(ways=ways),)
                if stream == PAGES and self.users is not None:
                    yield Stream(name=stream, steps=steps, users=self.users, think=self.think)
                else:
                    yield Stream(name=stream, steps=steps, rate=self.rate * total, dispersion=self.dispersion)

    def _asked(self, client: Key, name: str, passes: int, picked: frozenset[str] = frozenset()) -> Iterator[Step]:
        """Everything that a client asks for one request of a class, on one of its passes."""
        for ask in self._asks(client, name):
            yield from self._call(client, ask, name, passes, picked)

    def _asks(self, client: Key, name: str) -> tuple[Ask, ...]:
        route = self.limits.network.routes[kind_of(name, self.limits.mix[name])]
        return route.asks.get(client, ())

    def _call(self, client: Key, ask: Ask, name: str, passes: int, picked: frozenset[str]) -> Iterator[Step]:
        """One call of a service: whichever provider answers it."""
        by_kind: dict[str, list[Hop]] = {}
        for hop in ask.hops:
            if hop.share > 0:
                by_kind.setdefault(self._kind_of[hop.to[0]].name, []).append(hop)
        ways = []
        for hops in by_kind.values():
            steps = tuple(self._provided(client, ask, hops[0], name, passes, picked))
            ways.append((min(1.0, sum(hop.share for hop in hops)), steps))
        if len(ways) == 1:
            yield from ways[0][1]
        elif any(steps for _, steps in ways):
            yield Choose(ways=tuple(ways))

    def _provided(
        self, client: Key, ask: Ask, hop: Hop, name: str, passes: int, picked: frozenset[str]
    ) -> Iterator[Step]:
        kind = self._kind_of[hop.to[0]]
        if not kind.group or kind.name in picked:
            steps = tuple(self._served(hop.to, name, passes, picked))
        else:
            self._policies.setdefault(kind.name, ask.policy)
            inner = tuple(self._served(hop.to, name, passes, picked | {kind.name}))
            steps = (Pick(group=kind.name), *inner, Leave(group=kind.name)) if inner else ()
        limited = ask.service in CONNECTED and hop.connections > 0 and client != OPENING
        if steps and limited:
            held = self._connection(client, kind, hop)
            yield Hold(slots=held)
            yield from steps
            yield Free(slots=held)
        else:
            yield from steps

    def _connection(self, client: Key, provider: Kind, hop: Hop) -> str:
        """The connections of one client to all servers of a kind."""
        mine = self._kind_of[client[0]]
        name = f"connections of {client[1]} of {mine.name} to {hop.to[1]} of {provider.name}"
        servers = 1 if hop.local else provider.servers
        self._connections.setdefault(name, Slots(name=name, count=hop.connections * servers, group=mine.group))
        return name

    def _served(self, key: Key, name: str, passes: int, picked: frozenset[str]) -> Iterator[Step]:
        """A pass at a role: its own time in slices, with what it asks of others between them."""
        kind = self._kind_of[key[0]]
        seconds = self.limits.state.own.get((key, name), 0.0) / passes
        calls = [(self._repeats(ask, name, passes), ask) for ask in self._asks(key, name)]
        inner = [(n, tuple(self._call(key, ask, name, passes * n, picked))) for n, ask in calls]
        asked = [(n, steps) for n, steps in inner if steps]
        each = seconds / (1 + sum(n for n, _ in asked))
        spread: Spread = "own" if self._computes(key) else "exponential"
        slice_ = self._computed(key, kind, each, spread) if each > 0 else ()
        steps: list[Step] = list(slice_)
        reading = self.limits.state.reading.get((key, name), 0.0) / passes
        if reading > 0:
            steps.append(Serve(station=kind.disk, mean=reading))
        for n, call in asked:
            steps.extend((*call, *slice_) if n == 1 else (Repeat(times=float(n), steps=(*call, *slice_)),))
        workers = self._workers.get((kind.name, key[1]))
        if workers is not None and steps:
            yield Hold(slots=workers.name)
            yield from steps
            yield Free(slots=workers.name)
        else:
            yield from steps

    def _computed(self, key: Key, kind: Kind, seconds: float, spread: Spread) -> tuple[Step, ...]:
        """A slice of CPU; of Python in as few requests at once as there are processes, where cores are more."""
        serve = Serve(station=kind.cpu, mean=seconds, spread=spread)
        pool = next((pool for pool in self.limits.pools if pool.key == key), None)
        if pool is None or pool.cores >= self.limits.network.hosts[key[0]].type.cores:
            return (serve,)
        name = f"processes of {key[1]} of {kind.name}"
        self._connections.setdefault(name, Slots(name=name, count=int(pool.cores), group=kind.group))
        return (Hold(slots=name), serve, Free(slots=name))

    def _repeats(self, ask: Ask, name: str, passes: int) -> int:
        """Calls of a service on one pass of its client: those of the whole request over the client's passes."""
        calls = max((self._calls.get((hop.to, name), 1.0) for hop in ask.hops), default=1.0)
        return max(1, round(min(calls, MOST_CALLS) / passes))

    @cached_property
    def _calls(self) -> Mapping[tuple[Key, str], float]:
        return {(item.key, item.name): item.demand.calls for item in self.limits.state.items}

    def _computes(self, key: Key) -> bool:
        """The role runs the site's code."""
        endpoints = self.limits.network.cluster.endpoints_of(self.limits.network.placed[key])
        return any(endpoint.service == "app" for endpoint in endpoints)
