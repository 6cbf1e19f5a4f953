"""Random layered systems, each as a candidate of the screen and as a model of the event simulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from topology.capacity.screen import ENDLESS, LEAST_CONNECTIONS, RANDOM, ROUND_ROBIN, PoolScreen, worker_and_pool
from topology.capacity.screen.worker_pools import Spread
from topology.capacity.simulation import (
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
    Station,
    Stream,
)

CODES: dict[Policy, int] = {"random": RANDOM, "round_robin": ROUND_ROBIN, "least_connections": LEAST_CONNECTIONS}
BACKLOG = 2048


@dataclass(frozen=True, kw_only=True)
class System:
    """Workers on equal hosts before one database."""

    hosts: int
    cores: int
    workers: int
    connections: int
    calls: int
    cpu_seconds: float
    database_cores: int
    database_seconds: float
    load: float
    """Share of the capacity that arrives."""
    spread: Spread
    policy: Policy = "random"

    @property
    def candidate(self) -> dict[str, Any]:
        """What the screen is given, but the rate and the backlog."""
        names = (
            "hosts",
            "cores",
            "workers",
            "connections",
            "calls",
            "cpu_seconds",
            "database_cores",
            "database_seconds",
        )
        return {name: getattr(self, name) for name in names} | {"spread": self.spread, "policy": CODES[self.policy]}

    @property
    def capacity(self) -> float:
        """Requests a second at which the workers are all held: by halving, to six digits."""
        cpu, database = self.cpu_seconds, self.database_seconds
        low, high = 0.0, min(self.hosts * self.cores / cpu, self.database_cores / database)
        while high - low > 1e-6 * high:
            rates = np.linspace(low, high, 18)[1:-1]
            full = worker_and_pool(rates, backlog=ENDLESS, **self.candidate).saturated
            passed = int(np.argmax(full)) if full.any() else len(rates)
            low, high = ([low, *rates][passed], [*rates, high][passed])
        return low

    @property
    def rate(self) -> float:
        """Requests a second that arrive."""
        return self.load * self.capacity

    def screened(self) -> PoolScreen:
        """The one row of the screen."""
        return worker_and_pool(self.rate, backlog=BACKLOG, **self.candidate)

    def model(self) -> Model:
        """The same system for the event loop."""
        cpu = Serve(station="cpu", mean=self.cpu_seconds / (self.calls + 1), spread=self.spread)
        query = Serve(station="database", mean=self.database_seconds / self.calls, spread=self.spread)
        call = (Hold(slots="pool"), query, Free(slots="pool"), cpu)
        steps = (
            Pick(group="web"), Hold(slots="workers"), cpu, Repeat(times=self.calls, steps=call), Free(slots="workers"),
            Leave(group="web"),
        )  # fmt: skip
        return Model(
            streams=(Stream(name="page", rate=self.rate, steps=steps),),
            stations=(
                Station(name="cpu", servers=self.cores, group="web"),
                Station(name="database", servers=self.database_cores),
            ),
            slots=(
                Slots(name="workers", count=self.workers, backlog=BACKLOG, group="web"),
                Slots(name="pool", count=self.connections, group="web"),
            ),
            groups=(Group(name="web", members=self.hosts, policy=self.policy),),
        )


def systems(count: int, *, seed: int, low: float = 0.1, high: float = 0.97, balanced: bool = False) -> list[System]:
    """`count` random systems with loads spread evenly from `low` to `high`; `balanced`: by policies in turn."""
    random = np.random.default_rng(seed)
    return [_system(random, index, low + (high - low) * (index + 0.5) / count, balanced) for index in range(count)]


def _system(random: np.random.Generator, index: int, load: float, balanced: bool) -> System:
    hosts = int(random.integers(2 if balanced else 1, 9))
    cores = int(random.integers(1, 9))
    workers = cores * int(random.integers(1, 9))
    cpu = float(random.uniform(0.02, 0.2))
    database_cores = int(random.integers(1, 17))
    # From a database with much to spare to one that is the bottleneck.
    share = float(np.exp(random.uniform(np.log(0.2), np.log(1.2))))
    return System(
        hosts=hosts,
        cores=cores,
        workers=workers,
        connections=max(1, workers // int(random.integers(1, 5))),
        calls=int(random.integers(1, 11)),
        cpu_seconds=cpu,
        database_cores=database_cores,
        database_seconds=share * cpu * database_cores / (hosts * cores),
        load=load,
        spread=get_args(Spread)[index % 2],
        policy=get_args(Policy)[1 + index // 2 % 2] if balanced else "random",
    )
