"""Closed networks with a product form, solved exactly whatever the load, servers and populations.

The mean-value recursion with probabilities of each length (Reiser and Lavenberg 1980) subtracts, and loses all digits
at several servers near saturation. Here every sum is of positive terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from topology.capacity.networks.convolution import delays, derivative_apart, many_servers, one_server
from topology.capacity.networks.model import Array, ClosedNetwork, Solution, TooLarge, Whole, solution

MOST_WORK = 4e8
"""Additions of an exact answer that we are ready to wait for: about half a minute."""
MOST_STATES = 1.1e7
"""Populations that a grid may hold: 90 MB each, and a few are held at once."""


@dataclass(frozen=True, kw_only=True)
class _Queue:
    """A station where customers wait, with the demands of the classes that are there."""

    column: int
    demands: Array
    servers: int

    def after(self, grid: Array) -> Array:
        """The grid with this station in the network."""
        if self.servers == 1:
            return one_server(grid, self.demands)
        return many_servers(grid, self.demands, self.servers)


def solve_exact(network: ClosedNetwork) -> Solution:
    """Means of a closed product-form network; raises TooLarge where there are too many states.

    Throughput X_k = G(N - e_k)/G(N). Mean length at i: D_ik [F_i'(x) Π other F](N - e_k) / G(N).
    """
    present = np.flatnonzero(network.population > 0)
    present = present[np.argsort(network.population[present], kind="stable")]
    throughput = np.zeros(len(network.classes))
    residence = np.where(network.population[:, None] > 0, network.demands, 0.0)
    if len(present):
        scale = _scale(network)[present]
        population = tuple(int(count) for count in network.population[present])
        stations = _queues(network, present, scale)
        _refuse_work(population, stations)
        lengths, passed = _convolve(population, _think(network, present, stations) / scale, stations)
        throughput[present] = passed / scale
        for station, length in zip(stations, lengths, strict=True):
            residence[present, station.column] = length / throughput[present]
    return solution(network, throughput, residence, kind="exact")


def _convolve(population: tuple[int, ...], think: Array, stations: Sequence[_Queue]) -> tuple[list[Array], Array]:
    """Mean length at each station by class, and throughput; both in the scaled unit of time."""
    single = [station for station in stations if station.servers == 1]
    several = [station for station in stations if station.servers > 1]
    base = _through(single, delays(think, population))
    whole = _through(several, base)
    lengths = []
    for station in stations:
        grown = one_server(whole, station.demands / station.servers)
        length = _ratios(grown, whole) / station.servers
        if station.servers > 1:
            rest = _through([other for other in several if other is not station], base)
            length = length + _ratios(derivative_apart(rest, station.demands, station.servers), whole)
        lengths.append(station.demands * length)
    return lengths, _ratios(whole, whole)


def _through(stations: Sequence[_Queue], grid: Array) -> Array:
    return reduce(lambda reached, station: station.after(reached), stations, grid)


def _ratios(above: Array, below: Array) -> Array:
    """above(N - e_k) / below(N) for each class."""
    last = tuple(size - 1 for size in below.shape)
    ends = [above[tuple(size - (axis == other) for other, size in enumerate(last))] for axis in range(below.ndim)]
    return np.exp(np.array(ends) - float(below[last]))


def _queues(network: ClosedNetwork, present: Whole, scale: Array) -> list[_Queue]:
    """Stations where somebody may wait: those with as many servers as customers are delays."""
    everybody = int(network.population.sum())
    demands = network.demands[present]
    found = []
    for column, servers in enumerate(network.servers):
        if servers < everybody and demands[:, column].any():
            found.append(_Queue(column=column, demands=demands[:, column] / scale, servers=int(servers)))
    return found


def _think(network: ClosedNetwork, present: Whole, stations: Sequence[_Queue]) -> Array:
    """Time of each class where nobody waits: its think time and its delays."""
    waiting = {station.column for station in stations}
    free = [column for column in range(len(network.stations)) if column not in waiting]
    time: Array = network.think_time[present] + network.demands[present][:, free].sum(axis=1)
    return time


def _scale(network: ClosedNetwork) -> Array:
    """A unit of time for each class in which its throughput is near 1, so that logarithms stay small."""
    alone = (network.think_time + network.demands.sum(axis=1)) / np.maximum(network.population, 1)
    scale: Array = np.maximum(alone, (network.demands / network.servers).max(axis=1, initial=0.0))
    return scale


def _refuse_work(population: tuple[int, ...], stations: Sequence[_Queue]) -> None:
    """Additions, and a hundred of them for each row of the grid, whose handling takes that long."""
    states = float(np.prod([float(count + 1) for count in population]))
    rows = states / (population[-1] + 1)
    several = sum(1 for station in stations if station.servers > 1)
    passes = sum(2 + several * min(station.servers, sum(population)) * (station.servers > 1) for station in stations)
    work = (states + 100 * rows) * len(population) * max(1, passes)
    more = max(work / MOST_WORK, states / MOST_STATES)
    if more > 1:
        raise TooLarge(
            f"an exact answer would visit {states:.3g} populations at {len(stations)} stations, {more:.2g}"
            ' times more work than is done here; ask for "method": "approximate"'
        )
