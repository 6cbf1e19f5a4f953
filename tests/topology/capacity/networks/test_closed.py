"""Closed networks: the whole Markov chain, laws, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topology.capacity.networks.parts import chain_throughput, closed, closed_networks
from topology.capacity import queues
from topology.capacity.networks import ClosedNetwork, Method, Station, TooLarge, solve_closed

BANDS: list[tuple[int, Method, float, float]] = [
    (1, "approximate", 0.02, 0.08),
    (1, "linearizer", 0.002, 0.01),
    (8, "approximate", 0.02, 0.08),
    (8, "linearizer", 0.01, 0.06),
]
"""Most servers of a station, method, and the error of throughput at the median and at nine in ten."""
methods: list[Method] = ["exact", "approximate", "linearizer"]


@settings(max_examples=30, deadline=None)
@given(network=closed_networks(most_people=3))
def test_the_whole_markov_chain_agrees(network: ClosedNetwork) -> None:
    network = replace(network, think_time=np.maximum(network.think_time, 0.1))

    exact, _ = solve_closed(network)

    assert exact.kind == "exact"
    assert exact.throughput == pytest.approx(chain_throughput(network), rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(network=closed_networks(most_people=12), method=st.sampled_from(methods))
def test_little_and_the_utilisation_law_hold_inside_the_bounds(network: ClosedNetwork, method: Method) -> None:
    answer, bounds = solve_closed(network, method)

    inside = answer.queue_length.sum(axis=1) + answer.throughput * network.think_time
    assert inside == pytest.approx(network.population, rel=1e-6)
    assert answer.utilisation * network.servers == pytest.approx(answer.throughput[:, None] * network.demands)
    assert (answer.utilisation.sum(axis=0) <= 1 + 1e-9).all()
    assert (answer.residence >= network.demands * (1 - 1e-9)).all()
    if method == "exact":
        assert (answer.throughput <= bounds.high * (1 + 1e-9)).all()
        assert (answer.throughput >= bounds.low * (1 - 1e-9)).all()


@settings(max_examples=25, deadline=None)
@given(network=closed_networks(most_classes=1, most_people=40, most_servers=8))
def test_more_users_and_more_servers_never_pass_less(network: ClosedNetwork) -> None:
    base = solve_closed(network)[0].throughput[0]

    crowded = solve_closed(replace(network, population=network.population + 1))[0].throughput[0]
    faster = solve_closed(replace(network, stations=_with_another_server(network)))[0].throughput[0]

    assert crowded >= base * (1 - 1e-9)
    assert faster >= base * (1 - 1e-9)


def _with_another_server(network: ClosedNetwork) -> tuple[Station, ...]:
    first, *rest = network.stations
    return (replace(first, servers=(first.servers or 1) + 1), *rest)


@settings(max_examples=25, deadline=None)
@given(network=closed_networks(most_people=8), factor=st.floats(1e-6, 1e6), method=st.sampled_from(methods))
def test_another_unit_of_time_changes_nothing_else(network: ClosedNetwork, factor: float, method: Method) -> None:
    scaled = replace(network, service=network.service * factor, think_time=network.think_time * factor)

    base, other = solve_closed(network, method)[0], solve_closed(scaled, method)[0]

    assert other.throughput * factor == pytest.approx(base.throughput, rel=1e-8)
    assert other.queue_length == pytest.approx(base.queue_length, rel=1e-6, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(network=closed_networks(most_classes=1, most_people=8), other=st.integers(0, 8))
def test_a_class_in_two_parts_is_the_same_class(network: ClosedNetwork, other: int) -> None:
    whole = replace(network, population=network.population + other)
    split = closed(
        [station.servers for station in network.stations],
        np.repeat(network.demands, 2, axis=0),
        [int(network.population[0]), other],
        np.repeat(network.think_time, 2).tolist(),
    )

    one, two = solve_closed(whole)[0], solve_closed(split)[0]

    assert two.throughput.sum() == pytest.approx(one.throughput[0], rel=1e-8)
    assert two.queue_length.sum(axis=0) == pytest.approx(one.queue_length[0], rel=1e-6, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(network=closed_networks(most_classes=3, most_people=10, most_servers=6))
def test_the_approximation_stays_near_the_exact_answer(network: ClosedNetwork) -> None:
    exact, approximate = solve_closed(network)[0], solve_closed(network, "approximate")[0]

    assert approximate.kind == "approximate"
    assert approximate.throughput == pytest.approx(exact.throughput, rel=0.45)


@pytest.mark.parametrize(("most_servers", "method", "typical", "ninety"), BANDS)
def test_approximations_are_as_good_as_the_documentation_says(
    most_servers: int, method: Method, typical: float, ninety: float
) -> None:
    errors = [_error(network, method) for network in _drawn(20, most_servers)]

    assert np.median(errors) <= typical
    assert np.quantile(errors, 0.9) <= ninety


def _drawn(count: int, most_servers: int) -> Iterator[ClosedNetwork]:
    """Networks of 1 to 3 classes and 1 to 5 stations, with and without think times, of a fixed seed."""
    rng = np.random.default_rng(7)
    for _ in range(count):
        classes, width = int(rng.integers(1, 4)), int(rng.integers(1, 6))
        servers = [int(number) for number in rng.integers(1, most_servers + 1, width)]
        population = [int(number) for number in rng.integers(1, (60, 30, 16)[classes - 1], classes)]
        think = rng.uniform(0, 20, classes) * rng.integers(0, 2, classes)
        yield closed(servers, rng.exponential(1, (classes, width)) + 0.01, population, think.tolist())


def _error(network: ClosedNetwork, method: Method) -> float:
    exact, other = solve_closed(network)[0], solve_closed(network, method)[0]
    return float(np.abs(other.throughput / exact.throughput - 1).max())


@pytest.mark.parametrize(("users", "servers", "think"), [(500, 64, 1.0), (500, 8, 0.2), (5000, 200, 12.5), (2, 3, 1)])
def test_the_machine_repairman_at_any_load(users: int, servers: int, think: float) -> None:
    # Where the mean-value recursion with probabilities of lengths has lost all digits.
    answer, _ = solve_closed(closed([servers], [0.05], [users], [think]))

    throughput = queues.closed_throughput(users, servers, 0.05, think)
    assert answer.throughput[0] == pytest.approx(throughput, rel=1e-9)
    assert answer.queue_length[0, 0] == pytest.approx(users - throughput * think, rel=1e-6)


def test_many_users_of_several_multi_servers_fill_the_narrowest() -> None:
    answer, _ = solve_closed(closed([16, 4, 32], [0.4, 0.11, 0.8], [500], [1.0]))

    assert answer.utilisation[0, 1] == pytest.approx(1, abs=1e-9)
    assert answer.throughput[0] == pytest.approx(4 / 0.11, rel=1e-9)
    assert answer.queue_length.sum() + answer.throughput[0] == pytest.approx(500, rel=1e-9)


@pytest.mark.parametrize("method", methods)
def test_a_class_without_customers_does_nothing(method: Method) -> None:
    alone = solve_closed(closed([1, 2], [1, 2], [4], [1]), method)[0]

    answer = solve_closed(closed([1, 2], [[1, 2], [3, 4]], [4, 0], [1, 1]), method)[0]
    nobody = solve_closed(closed([1, 2], [[1, 2], [3, 4]], [0, 0], [1, 1]), method)[0]

    assert answer.throughput == pytest.approx([alone.throughput[0], 0])
    assert not nobody.throughput.any()
    assert not nobody.queue_length.any()


def test_as_many_servers_as_customers_are_a_delay() -> None:
    plenty = solve_closed(closed([5, 1], [2, 1], [5], [0]))[0]
    delay = solve_closed(closed([None, 1], [2, 1], [5], [0]))[0]

    assert plenty.throughput == pytest.approx(delay.throughput)
    assert plenty.utilisation[0, 0] == pytest.approx(delay.throughput[0] * 2 / 5)


def test_a_class_that_is_at_some_stations_only() -> None:
    network = closed([1, 2, 1], [[1, 0, 0], [0, 2, 0.5]], [3, 4], [1, 2])

    both = solve_closed(network)[0]
    first = solve_closed(closed([1], [1], [3], [1]))[0]
    second = solve_closed(closed([2, 1], [2, 0.5], [4], [2]))[0]

    assert both.throughput == pytest.approx([first.throughput[0], second.throughput[0]])


def test_unequal_times_first_come_first_served_are_never_called_exact() -> None:
    network = closed([1, 2], [[1, 1], [3, 1]], [3, 3], [1, 1])
    network = replace(network, stations=tuple(replace(item, discipline="fcfs") for item in network.stations))

    answer, _ = solve_closed(network, "exact")

    assert answer.kind == "approximate"
    assert len(answer.notes) == 1
    assert answer.notes[0].startswith("s0 serves first come, first served")
    waits = answer.residence[:, 0] - network.demands[:, 0]
    assert waits[0] == pytest.approx(waits[1], rel=0.3)
    assert answer.utilisation.sum(axis=0).max() <= 1 + 1e-9


@settings(max_examples=25, deadline=None)
@given(network=closed_networks(most_classes=3, most_people=60, most_servers=4))
def test_first_come_first_served_never_breaks_the_utilisation_law(network: ClosedNetwork) -> None:
    network = replace(network, stations=tuple(replace(item, discipline="fcfs") for item in network.stations))

    answer, _ = solve_closed(network, "approximate")

    assert (answer.utilisation.sum(axis=0) <= 1 + 1e-9).all()
    inside = answer.queue_length.sum(axis=1) + answer.throughput * network.think_time
    assert inside == pytest.approx(network.population, rel=1e-6)


def test_what_is_too_large_says_what_to_do_instead() -> None:
    network = closed([1, 2], np.ones((5, 2)), [100] * 5, [1] * 5)

    with pytest.raises(TooLarge, match=r'would visit 1.05e\+10 populations .* ask for "method": "approximate"'):
        solve_closed(network)

    answer, _ = solve_closed(network, "approximate")
    assert answer.utilisation.sum(axis=0).max() == pytest.approx(1, abs=1e-3)
    with pytest.raises(TooLarge, match="the Linearizer takes too long for 30 classes at 20 stations"):
        solve_closed(closed([1] * 20, np.ones((30, 20)), [1] * 30, [1] * 30), "linearizer")


@pytest.mark.parametrize("method", methods)
def test_a_class_that_takes_no_time_is_refused(method: Method) -> None:
    with pytest.raises(ValueError, match="c1 takes no time anywhere"):
        solve_closed(closed([1], [[1], [0]], [1, 1], [0, 0]), method)
