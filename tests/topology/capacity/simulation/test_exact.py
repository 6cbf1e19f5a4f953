"""Simulations lie within their own confidence interval of what is exact."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import pytest

from tests.topology.capacity.simulation import exact
from tests.topology.capacity.simulation.systems import cluster, one_station, run, workers
from topology.capacity.answer import Number
from topology.capacity.simulation import (
    Choose,
    Free,
    Hold,
    Leave,
    Model,
    Pick,
    Repeat,
    Serve,
    Slots,
    Spread,
    Station,
    Stream,
)


def within(number: Number | None, value: float) -> bool:
    """Whether an interval holds a value, and is no wider than 5 % to either side."""
    assert number is not None
    assert number.kind == "simulated"
    assert number.high - number.low <= 0.1 * value
    return number.low <= value <= number.high


@pytest.mark.parametrize("discipline", ["ps", "fcfs"])
@pytest.mark.parametrize(("servers", "load"), [(1, 0.75), (2, 0.85), (4, 0.45)])
def test_mean_response_is_that_of_erlang(servers: int, load: float, discipline: str) -> None:
    rate = servers * load / 0.2

    outcome = run(one_station(rate, Serve(station="cpu", mean=0.2), servers=servers, discipline=discipline))

    assert within(outcome.overall.mean, exact.erlang_response(rate, 0.2, servers))
    assert within(outcome.stations["cpu"].utilisation, load)
    assert within(outcome.overall.throughput, rate)


def test_percentiles_of_one_fcfs_server_are_exponential() -> None:
    outcome = run(one_station(0.75, Serve(station="cpu", mean=1.0), discipline="fcfs"))

    assert within(outcome.overall.p50, 4 * log(2))
    assert within(outcome.overall.p95, 11.98293)
    assert within(outcome.overall.p99, 18.42068)


@pytest.mark.parametrize("spread", ["exponential", "fixed", "own"])
def test_sharing_is_insensitive_to_the_law_of_service(spread: Spread) -> None:
    outcome = run(one_station(0.75, Serve(station="cpu", mean=1.0, spread=spread)))

    assert within(outcome.overall.mean, 4.0)


@pytest.mark.parametrize(("spread", "response"), [("fixed", 2.5), ("exponential", 4.0)])
def test_fcfs_response_is_that_of_pollaczek_and_khinchin(spread: Spread, response: float) -> None:
    outcome = run(one_station(0.75, Serve(station="cpu", mean=1.0, spread=spread), discipline="fcfs"))

    assert within(outcome.overall.mean, response)


def test_ways_and_repetitions_have_their_means() -> None:
    often = Repeat(times=1.5, law="geometric", steps=(Serve(station="cpu", mean=0.1, spread="fixed"),))
    thrice = Repeat(times=3, steps=(Choose(ways=((0.5, (often,)), (0.25, (Serve(station="cpu", mean=0.2),)))),))

    outcome = run(one_station(1.0, thrice, servers=2))

    assert within(outcome.stations["cpu"].utilisation, 3 * (0.5 * 0.15 + 0.25 * 0.2) / 2)


@pytest.mark.parametrize(("count", "backlog"), [(3, 4), (2, 0), (4, 2)])
def test_a_full_backlog_refuses_as_erlangs_loss_formulas_say(count: int, backlog: int) -> None:
    chances = exact.birth_death(lambda _: 4.0, lambda n: float(min(n, count)), count + backlog)

    outcome = run(workers(4.0, count, backlog))

    assert within(outcome.overall.refused, chances[-1])
    assert within(outcome.overall.mean, exact.mean(chances) / (4.0 * (1 - chances[-1])))
    assert within(outcome.slots["workers"].held, 4.0 * (1 - chances[-1]))
    assert outcome.slots["workers"].turned_away > 0


def test_users_and_one_server_are_the_machine_repairman() -> None:
    machine = Stream(name="user", users=20, think=4.0, steps=(Serve(station="cpu", mean=0.3),))
    chances = exact.birth_death(lambda n: (20 - n) / 4.0, lambda _: 1 / 0.3, 20)
    throughput = (1 - chances[0]) / 0.3

    outcome = run(Model(streams=(machine,), stations=(Station(name="cpu", servers=1, discipline="fcfs"),)))

    assert within(outcome.overall.throughput, throughput)
    assert within(outcome.overall.mean, 20 / throughput - 4.0)


def test_the_network_of_the_measurements_has_its_exact_mean() -> None:
    outcome = run(cluster())

    assert within(outcome.overall.mean, 0.114402)
    assert len(outcome.stations["app"].members) == 4
    assert all(within(member, 0.625) for member in outcome.stations["app"].members)


def test_a_network_of_feeding_queues_is_jacksons() -> None:
    again = Repeat(
        times=1.0, law="geometric", steps=(Serve(station="cpu", mean=0.05), Serve(station="disk", mean=0.08))
    )
    stations = (Station(name="cpu", servers=1), Station(name="disk", servers=1, discipline="fcfs"))
    visits_to_cpu = 2.0

    outcome = run(
        Model(
            streams=(Stream(name="page", rate=7.0, steps=(again, Serve(station="cpu", mean=0.05))),), stations=stations
        )
    )

    response = visits_to_cpu * 0.05 / (1 - 7 * visits_to_cpu * 0.05) + 0.08 / (1 - 7 * 0.08)
    assert within(outcome.overall.mean, response)


def test_hosts_that_take_turns_see_smoother_arrivals() -> None:
    turns = replace(cluster("round_robin", rate=20.0), stations=(Station(name="app", servers=1, group="app"),))
    page = replace(turns.streams[0], steps=(Pick(group="app"), Serve(station="app", mean=0.15), Leave(group="app")))

    outcome = run(replace(turns, streams=(page,)))

    assert within(outcome.overall.mean, exact.split_response(20.0, 0.15, 4))


def test_policies_rank_as_they_should() -> None:
    means = [run(cluster(policy, rate=130.0)).overall.mean for policy in ("random", "round_robin", "least_connections")]

    assert all(mean is not None for mean in means)
    values = [mean.value for mean in means if mean is not None]
    assert values[0] > 1.2 * values[1] > 1.2 * 1.05 * values[2]


def test_held_slots_limit_what_is_inside() -> None:
    page = Stream(
        name="page",
        rate=6.0,
        steps=(
            Hold(slots="workers"),
            Repeat(
                times=1.0, law="geometric", steps=(Serve(station="cpu", mean=0.05), Serve(station="disk", mean=0.04))
            ),
            Serve(station="cpu", mean=0.05),
            Free(slots="workers"),
        ),
    )
    model = Model(
        streams=(page,),
        slots=(Slots(name="workers", count=3),),
        stations=(Station(name="cpu", servers=1), Station(name="disk", servers=1)),
    )

    outcome = run(model)

    # Every visit exponential, and the number of visits geometric: the state is two counts, and solved as such.
    assert outcome.overall.mean is not None
    inside, _ = two_counts(6.0, 3, 0.05, 0.04)
    assert within(outcome.overall.mean, inside / 6.0)


def two_counts(rate: float, slots: int, cpu: float, disk: float) -> tuple[float, float]:
    """Mean number in the whole and waiting outside, from the balance of (in the system, at the disk)."""
    most = 120
    states = [(n, d) for n in range(most + 1) for d in range(min(n, slots) + 1)]
    number = {state: place for place, state in enumerate(states)}
    numpy = pytest.importorskip("numpy")
    flow = numpy.zeros((len(states), len(states)))
    for (n, d), place in number.items():
        moves = []
        if n < most:
            moves.append(((n + 1, d), rate))
        if min(n, slots) > d:
            # Half of the visits to the CPU are followed by one to the disk, and half are the last.
            moves += [((n, d + 1), 0.5 / cpu), ((n - 1, d), 0.5 / cpu)]
        if d > 0:
            moves.append(((n, d - 1), 1 / disk))
        for target, speed in moves:
            flow[place, number[target]] += speed
            flow[place, place] -= speed
    flow[:, 0] = 1.0
    chances = numpy.linalg.solve(flow.T, numpy.eye(1, len(states), 0)[0])
    inside = sum(chance * n for (n, _), chance in zip(states, chances, strict=True))
    return float(inside), float(sum(chance * max(0, n - slots) for (n, _), chance in zip(states, chances, strict=True)))


def test_users_with_slots_have_the_throughput_of_mean_value_analysis() -> None:
    # As many slots as users: they never wait for one, so the network is of product form.
    user = Stream(
        name="user",
        users=6,
        think=1.0,
        steps=(
            Hold(slots="workers"),
            Serve(station="cpu", mean=0.2),
            Serve(station="disk", mean=0.3),
            Free(slots="workers"),
        ),
    )
    stations = (Station(name="cpu", servers=1), Station(name="disk", servers=1, discipline="fcfs"))
    throughput, response = exact.closed_network(6, 1.0, (0.2, 0.3))

    outcome = run(Model(streams=(user,), stations=stations, slots=(Slots(name="workers", count=6),)))

    assert within(outcome.overall.throughput, throughput)
    assert within(outcome.overall.mean, response)
    assert within(outcome.slots["workers"].held, throughput * response)


def test_littles_law_holds_of_the_counters() -> None:
    outcome = run(cluster("least_connections", rate=120.0))

    present = sum(
        outcome.stations[name].present.value * hosts for name, hosts in (("balancer", 1), ("app", 4), ("database", 1))
    )
    assert outcome.overall.mean is not None
    assert present == pytest.approx(outcome.overall.throughput.value * outcome.overall.mean.value, rel=2e-3)


@pytest.mark.parametrize(("rate", "dispersion"), [(20.0, 3.0), (2.0, 6.0)])
def test_bursts_have_the_dispersion_asked_for(rate: float, dispersion: float) -> None:
    pytest.importorskip("numba")
    from topology.capacity.simulation.machine import Machine
    from topology.capacity.simulation.program import compile_model

    model = one_station(rate, Serve(station="cpu", mean=0.001), servers=1)
    bursty = replace(model, streams=(replace(model.streams[0], dispersion=dispersion),))
    machine = Machine(compile_model(bursty), 3)
    offered = []
    for second in range(12_000):
        machine.go(10**9, until=second + 1.0)
        offered.append(machine.totals()[1])
    counts = [after - before for before, after in zip([0.0, *offered], offered, strict=False)]
    average = sum(counts) / len(counts)
    variance = sum((count - average) ** 2 for count in counts) / len(counts)

    assert average == pytest.approx(rate, rel=0.12)
    assert variance / average == pytest.approx(dispersion, rel=0.12)


def test_a_page_that_is_dear_is_dear_in_every_slice() -> None:
    slices = Repeat(times=10, steps=(Serve(station="wait", mean=0.1, spread="own"),))
    page = Stream(name="page", rate=1.0, steps=(slices,))

    outcome = run(Model(streams=(page,), stations=(Station(name="wait", servers=None),)))

    assert outcome.overall.p95 is not None
    assert outcome.overall.p95.value == pytest.approx(-log(0.05), rel=0.02)
    assert 1 - exp(-outcome.overall.p95.value) == pytest.approx(0.95, abs=0.005)


def test_work_after_the_answer_holds_the_slot_but_not_the_client() -> None:
    from topology.capacity.simulation import Answer

    steps = (
        Hold(slots="workers"),
        Serve(station="work", mean=0.1),
        Answer(),
        Serve(station="work", mean=0.9),
        Free(slots="workers"),
    )
    model = workers(1.0, 50, None)

    outcome = run(replace(model, streams=(Stream(name="page", rate=1.0, steps=steps),)))

    assert within(outcome.overall.mean, 0.1)
    assert within(outcome.slots["workers"].held, 1.0)
