"""Requests simulated per CPU second by the event loop, Ciw and SimPy: one network, interleaved, in one run."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from statistics import median
from typing import Any

import ciw
import simpy

from topology.capacity.simulation import (
    Free,
    Group,
    Hold,
    Leave,
    Model,
    Pick,
    Repeat,
    Serve,
    Slots,
    Station,
    Stream,
    simulate,
)

RATE, HOSTS = 100.0, 4
BALANCER, APP, DATABASE = 0.002, 0.05, 0.025
"""Mean seconds at each station: 2 servers, then a host of 2 servers at random, then 4 servers."""
EXACT_MEAN = 0.114402
"""Seconds, by Jackson's theorem and Erlang's C formula."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a simulator did."""

    requests: int
    cpu_s: float
    mean: float
    """Response in seconds."""

    @property
    def speed(self) -> float:
        """Requests per CPU second."""
        return self.requests / self.cpu_s


@dataclass(frozen=True, kw_only=True)
class Speeds:
    """Requests per CPU second, the middle of the rounds, and the means that each simulator found."""

    ours: float
    held: float
    ciw: float
    simpy: float
    means: dict[str, float]


def network() -> Model:
    """Balancer, hosts, database: all first come first served with exponential service."""
    page = (
        Serve(station="balancer", mean=BALANCER),
        Pick(group="app"),
        Serve(station="app", mean=APP),
        Leave(group="app"),
        Serve(station="database", mean=DATABASE),
    )
    return Model(
        groups=(Group(name="app", members=HOSTS),),
        stations=(
            Station(name="balancer", servers=2, discipline="fcfs"),
            Station(name="app", servers=2, discipline="fcfs", group="app"),
            Station(name="database", servers=4, discipline="fcfs"),
        ),
        streams=(Stream(name="page", rate=RATE, steps=page),),
    )


def held_network() -> Model:
    """The same load where workers and connections are held and cores are shared: three database calls a request."""
    call = (Hold(slots="pool"), Serve(station="database", mean=DATABASE / 3), Free(slots="pool"))
    page = (
        Serve(station="balancer", mean=BALANCER),
        Pick(group="app"),
        Hold(slots="workers"),
        Repeat(times=3, steps=(Serve(station="app", mean=APP / 4), *call)),
        Serve(station="app", mean=APP / 4),
        Free(slots="workers"),
        Leave(group="app"),
    )
    return Model(
        groups=(Group(name="app", members=HOSTS, policy="least_connections"),),
        stations=(
            Station(name="balancer", servers=2),
            Station(name="app", servers=2, group="app"),
            Station(name="database", servers=4),
        ),
        slots=(Slots(name="workers", count=8, backlog=2048, group="app"), Slots(name="pool", count=16)),
        streams=(Stream(name="page", rate=RATE, steps=page),),
    )


def run_ours(model: Model, requests: int, seed: int) -> Run:
    """With everything that an outcome has: histograms, batches, intervals."""

    def work() -> tuple[int, float]:
        outcome = simulate(model, seed=seed, precision=1e-9, most_requests=requests)
        assert outcome.overall.mean is not None
        return outcome.requests, outcome.overall.mean.value

    return _timed(work)


def run_ciw(requests: int, seed: int) -> Run:
    """Ciw, until so many are through; it keeps a record of each visit."""

    def work() -> tuple[int, float]:
        ciw.seed(seed)
        hosts = range(HOSTS)
        stations = ["balancer", *[f"app {host}" for host in hosts], "database"]
        means = [BALANCER, *[APP for _ in hosts], DATABASE]
        size = len(stations)
        to_hosts = [0.0, *[1 / HOSTS for _ in hosts], 0.0]
        to_database = [*[0.0 for _ in range(size - 1)], 1.0]
        simulation = ciw.Simulation(
            ciw.create_network(
                arrival_distributions=[ciw.dists.Exponential(rate=RATE), *[None] * (size - 1)],
                service_distributions=[ciw.dists.Exponential(rate=1 / mean) for mean in means],
                number_of_servers=[2, *[2 for _ in hosts], 4],
                routing=[to_hosts, *[to_database for _ in hosts], [0.0] * size],
            )
        )
        simulation.simulate_until_max_customers(requests, method="Finish")
        done = [person.data_records for person in simulation.nodes[-1].all_individuals]
        stays = [records[-1].exit_date - records[0].arrival_date for records in done]
        return len(stays), sum(stays) / len(stays)

    return _timed(work)


def run_simpy(requests: int, seed: int) -> Run:
    """SimPy, with nothing kept but the sum of response times."""

    def work() -> tuple[int, float]:
        environment = simpy.Environment()
        draw = random.Random(seed)
        balancer, database = simpy.Resource(environment, 2), simpy.Resource(environment, 4)
        hosts = [simpy.Resource(environment, 2) for _ in range(HOSTS)]
        stays: list[float] = []

        def request() -> Generator[Any, Any, None]:
            began = environment.now
            for station, mean in ((balancer, BALANCER), (draw.choice(hosts), APP), (database, DATABASE)):
                with station.request() as turn:
                    yield turn
                    yield environment.timeout(draw.expovariate(1 / mean))
            stays.append(environment.now - began)

        def arrivals() -> Generator[Any, Any, None]:
            for _ in range(requests):
                yield environment.timeout(draw.expovariate(RATE))
                environment.process(request())

        environment.process(arrivals())
        environment.run()
        return len(stays), sum(stays) / len(stays)

    return _timed(work)


def measure(*, rounds: int, ours: int, others: int) -> Speeds:
    """Run all in turn, so that whatever else the machine does falls on each alike."""
    runs: dict[str, list[Run]] = {"ours": [], "held": [], "ciw": [], "simpy": []}
    run_ours(network(), 2_000, 1)  # loads what set-up has compiled
    for seed in range(1, rounds + 1):
        runs["ours"].append(run_ours(network(), ours, seed))
        runs["ciw"].append(run_ciw(others, seed))
        runs["held"].append(run_ours(held_network(), ours, seed))
        runs["simpy"].append(run_simpy(others, seed))
    speeds = {name: median(run.speed for run in each) for name, each in runs.items()}
    means = {name: sum(run.mean for run in each) / len(each) for name, each in runs.items()}
    return Speeds(**speeds, means=means)


def _timed(work: Callable[[], tuple[int, float]]) -> Run:
    began = time.process_time()
    requests, mean = work()
    return Run(requests=requests, cpu_s=time.process_time() - began, mean=mean)
