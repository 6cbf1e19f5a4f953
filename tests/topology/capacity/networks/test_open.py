"""Open networks: laws that hold for every one, and refusals that say by how much."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topology.capacity.networks.parts import closed, opened, times
from topology.capacity import queues
from topology.capacity.networks import OpenNetwork, Saturated, solve_closed, solve_open


@st.composite
def open_networks(draw: st.DrawFn) -> OpenNetwork:
    """Networks whose busiest station is at a drawn load below 1."""
    count, width = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    servers = draw(st.lists(st.integers(1, 12), min_size=width, max_size=width))
    demands = [draw(st.lists(times, min_size=width, max_size=width)) for _ in range(count)]
    network = opened(servers, demands, draw(st.lists(times, min_size=count, max_size=count)))
    busiest = float((network.arrival_rate @ network.demands / network.servers).max())
    return replace(network, arrival_rate=network.arrival_rate * draw(st.floats(0.01, 0.98)) / busiest)


@settings(max_examples=30, deadline=None)
@given(network=open_networks())
def test_little_and_the_utilisation_law(network: OpenNetwork) -> None:
    answer = solve_open(network)

    assert answer.queue_length.sum(axis=1) == pytest.approx(network.arrival_rate * answer.response)
    assert answer.utilisation * network.servers == pytest.approx(network.arrival_rate[:, None] * network.demands)
    assert (answer.residence >= network.demands).all()


@settings(max_examples=30, deadline=None)
@given(network=open_networks(), factor=st.floats(1e-6, 1e6))
def test_another_unit_of_time_changes_nothing_else(network: OpenNetwork, factor: float) -> None:
    scaled = replace(network, service=network.service * factor, arrival_rate=network.arrival_rate / factor)

    assert solve_open(scaled).response == pytest.approx(solve_open(network).response * factor)


@settings(max_examples=30, deadline=None)
@given(network=open_networks())
def test_one_more_server_is_never_slower(network: OpenNetwork) -> None:
    more = tuple(replace(item, servers=(item.servers or 1) + 1) for item in network.stations)

    assert (solve_open(replace(network, stations=more)).response <= solve_open(network).response * (1 + 1e-12)).all()


@settings(max_examples=30, deadline=None)
@given(network=open_networks())
def test_halves_of_a_class_fare_as_the_whole(network: OpenNetwork) -> None:
    halved = opened(
        [item.servers for item in network.stations],
        np.repeat(network.demands, 2, axis=0),
        np.repeat(network.arrival_rate / 2, 2).tolist(),
    )

    assert solve_open(halved).response[::2] == pytest.approx(solve_open(network).response)


@pytest.mark.parametrize(("load", "servers"), [(0.5, 1), (0.8, 4), (0.9, 16)])
def test_one_station_is_one_queue(load: float, servers: int) -> None:
    answer = solve_open(opened([servers], [0.2], [load * servers / 0.2]))

    assert answer.response[0] == pytest.approx(queues.mmc(load * servers / 0.2, 5, servers).response)


def test_many_customers_who_think_long_are_an_open_stream() -> None:
    stream = solve_open(opened([1, 3], [0.5, 1.2], [1.5]))

    users = solve_closed(closed([1, 3], [0.5, 1.2], [150_000], [100_000]))[0]

    assert users.response[0] == pytest.approx(stream.response[0], rel=1e-3)


def test_unequal_times_first_come_first_served_wait_alike() -> None:
    network = opened([1, 2], [[1, 1], [3, 1]], [0.1, 0.2])
    network = replace(network, stations=tuple(replace(item, discipline="fcfs") for item in network.stations))

    answer = solve_open(network)

    # M/G/1 with a mixture of exponentials: λE[S²]/(2(1-ρ)), E[S²] = (0.1·2 + 0.2·18)/0.3.
    assert answer.kind == "approximate"
    assert answer.residence[:, 0] - network.demands[:, 0] == pytest.approx(3.8 / (2 * 0.3))
    assert answer.residence[:, 1] == pytest.approx(queues.mmc(0.3, 1, 2).response)


def test_saturation_says_where_and_by_how_much() -> None:
    with pytest.raises(Saturated, match=r"s1 is asked for 125 % of what its 2 servers can do; it would take 3 servers"):
        solve_open(opened([1, 2], [0.1, 1], [2.5]))


def test_a_class_that_never_comes_still_has_a_response() -> None:
    answer = solve_open(opened([1], [[0.5], [0.2]], [1, 0]))

    assert answer.response == pytest.approx([1, 0.4])
