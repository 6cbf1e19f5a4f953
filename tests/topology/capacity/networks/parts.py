"""Networks for tests, and a second way to solve them: the whole Markov chain."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from topology.capacity.networks import ClosedNetwork, OpenNetwork, Station
from topology.capacity.networks.model import Array

times = st.floats(min_value=0.01, max_value=5)


def stations(servers: Sequence[int | None]) -> tuple[Station, ...]:
    return tuple(Station(name=f"s{number}", servers=count) for number, count in enumerate(servers))


def closed(
    servers: Sequence[int | None], demands: Any, population: Sequence[int], think: Sequence[float]
) -> ClosedNetwork:
    """One visit to each station, of these times (K by M)."""
    service = np.atleast_2d(np.array(demands, dtype=float))
    return ClosedNetwork(
        stations=stations(servers),
        classes=tuple(f"c{number}" for number in range(len(population))),
        visits=np.ones_like(service),
        service=service,
        population=np.array(population, dtype=np.int64),
        think_time=np.array(think, dtype=float),
    )


def opened(servers: Sequence[int | None], demands: Any, rates: Sequence[float]) -> OpenNetwork:
    service = np.atleast_2d(np.array(demands, dtype=float))
    return OpenNetwork(
        stations=stations(servers),
        classes=tuple(f"c{number}" for number in range(len(rates))),
        visits=np.ones_like(service),
        service=service,
        arrival_rate=np.array(rates, dtype=float),
    )


@st.composite
def closed_networks(
    draw: st.DrawFn, most_classes: int = 2, most_people: int = 4, most_stations: int = 3, most_servers: int = 3
) -> ClosedNetwork:
    """Small closed networks, each class with somebody in it."""
    count, width = draw(st.integers(1, most_classes)), draw(st.integers(1, most_stations))
    servers = draw(st.lists(st.integers(1, most_servers), min_size=width, max_size=width))
    demands = [draw(st.lists(times, min_size=width, max_size=width)) for _ in range(count)]
    population = draw(st.lists(st.integers(1, most_people), min_size=count, max_size=count))
    think = draw(st.lists(st.floats(0, 10), min_size=count, max_size=count))
    return closed(servers, demands, population, think)


def chain_throughput(network: ClosedNetwork) -> Array:
    """Throughput of each class by solving the Markov chain of processor sharing, a cycle through all stations.

    A state says how many of each class are at each station; the think time is the first place.
    """
    stages, rates = _stages(network)
    states = list(_states(network.population.tolist(), stages))
    index = {state: number for number, state in enumerate(states)}
    flow, done = np.zeros((len(states), len(states))), np.zeros((len(states), len(network.classes)))
    for number, state in enumerate(states):
        for row, place, rate in _moves(network, state, rates):
            after = _moved(state, row, place, (place + 1) % stages)
            flow[number, index[after]] += rate
            done[number, row] += rate if place == stages - 1 else 0.0
    np.fill_diagonal(flow, flow.diagonal() - flow.sum(axis=1))
    share = np.linalg.lstsq(np.vstack([flow.T, np.ones(len(states))]), np.eye(len(states) + 1)[-1], rcond=None)[0]
    result: Array = share @ done
    return result


def _stages(network: ClosedNetwork) -> tuple[int, Array]:
    """Number of places with the think time, and the rate of each class alone at each (K by places)."""
    spans = np.concatenate([np.maximum(network.think_time, 1e-9)[:, None], network.demands], axis=1)
    return spans.shape[1], 1 / spans


State = tuple[tuple[int, ...], ...]


def _states(population: list[int], places: int) -> Iterator[State]:
    yield from itertools.product(*(_spread(count, places) for count in population))


def _spread(count: int, places: int) -> list[tuple[int, ...]]:
    if places == 1:
        return [(count,)]
    return [(here, *rest) for here in range(count + 1) for rest in _spread(count - here, places - 1)]


def _moves(network: ClosedNetwork, state: State, rates: Array) -> Iterator[tuple[int, int, float]]:
    for place in range(rates.shape[1]):
        crowd = sum(row[place] for row in state)
        servers = np.inf if place == 0 else network.servers[place - 1]
        for number, row in enumerate(state):
            if row[place]:
                yield number, place, float(rates[number, place] * row[place] * min(1.0, servers / crowd))


def _moved(state: State, row: int, here: int, there: int) -> State:
    counts = list(state[row])
    counts[here] -= 1
    counts[there] += 1
    return (*state[:row], tuple(counts), *state[row + 1 :])
