"""Small systems that several tests simulate."""

from __future__ import annotations

from topology.capacity.simulation import (
    Free,
    Group,
    Hold,
    Leave,
    Model,
    Outcome,
    Pick,
    Policy,
    Serve,
    Slots,
    Station,
    Step,
    Stream,
    simulate,
)


def one_station(rate: float, *steps: Step, servers: int = 1, discipline: str = "ps") -> Model:
    """Poisson arrivals at a station called cpu."""
    station = Station(name="cpu", servers=servers, discipline="ps" if discipline == "ps" else "fcfs")
    return Model(streams=(Stream(name="page", rate=rate, steps=steps),), stations=(station,))


def cluster(policy: Policy = "random", rate: float = 100.0, members: int = 4) -> Model:
    """A balancer, equal hosts and a database: section 2 of the measurements, exact mean 0.114402 s at random."""
    return Model(
        groups=(Group(name="app", members=members, policy=policy),),
        stations=(
            Station(name="balancer", servers=2, discipline="fcfs"),
            Station(name="app", servers=2, discipline="fcfs", group="app"),
            Station(name="database", servers=4, discipline="fcfs"),
        ),
        streams=(
            Stream(
                name="page",
                rate=rate,
                steps=(
                    Serve(station="balancer", mean=0.002),
                    Pick(group="app"),
                    Serve(station="app", mean=0.05),
                    Leave(group="app"),
                    Serve(station="database", mean=0.025),
                ),
            ),
        ),
    )


def workers(rate: float, count: int, backlog: int | None) -> Model:
    """One request in each of `count` workers, each of which is as fast alone as with others."""
    return Model(
        slots=(Slots(name="workers", count=count, backlog=backlog),),
        stations=(Station(name="work", servers=None),),
        streams=(
            Stream(
                name="page",
                rate=rate,
                steps=(Hold(slots="workers"), Serve(station="work", mean=1.0), Free(slots="workers")),
            ),
        ),
    )


def run(model: Model) -> Outcome:
    """With an interval of 99 %, long enough for 1 % mostly."""
    return simulate(model, seed=7, confidence=0.99, precision=0.01, most_requests=1_200_000)
