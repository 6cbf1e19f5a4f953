"""Closed networks approximately, in a time that hardly depends on the populations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from topology.capacity import queues
from topology.capacity.networks.model import Array, ClosedNetwork, Solution, TooLarge, Whole, not_product_form, solution

ROUNDS = 20_000
UNDAMPED = 2_000
SETTLED = 1e-12
ROUGHLY_SETTLED = 1e-8
"""Enough for a difference that is itself an estimate."""
REFINEMENTS = 3
"""More of them change nothing that counts (Chandy and Neuse 1982)."""
MOST_SHARES = 10_000
"""Shares that the Linearizer keeps, classes times classes times stations: some seconds."""


def solve_approximate(network: ClosedNetwork, *, linearise: bool = False) -> Solution:
    """Mean values by fixed point: what an arrival finds is estimated from the means themselves.

    One server: an arrival of class k finds the mean length less its own share, Q - Q_k/N_k (Schweitzer 1979; Bard
    1979); with `linearise`, also what the network with one customer less says of each share (Linearizer, Chandy and
    Neuse 1982). Several servers: the rest of the network is taken as a delay as long as a customer is away on
    average, and the station then is the machine repairman M/M/c//N. First come first served with unequal times: an
    arrival waits for the work that it finds (Reiser 1979).
    """
    count, width = network.demands.shape
    if linearise and count * width * count > MOST_SHARES:
        raise TooLarge(
            f'the Linearizer takes too long for {count} classes at {width} stations; ask for "method": "approximate"'
        )
    shifts = np.zeros((count, width, count))
    residence = _settle(network, shifts, network.demands)
    for _ in range(REFINEMENTS if linearise else 0):
        shifts = _shifts(network, residence, shifts)
        residence = _settle(network, shifts, residence)
    return _within_servers(network, residence)


def _settle(network: ClosedNetwork, shifts: Array, start: Array, settled: float = SETTLED) -> Array:
    """Residence times (K by M) that reproduce themselves, sought from a start."""
    present = (network.population > 0)[:, None]
    residence = np.where(present, start, 0.0)
    for turn in range(ROUNDS):
        target = np.where(present, network.demands + _waits(network, residence, shifts), 0.0)
        change = float(np.abs(target - residence).max(initial=0.0))
        residence = residence + (target - residence) * (1.0 if turn < UNDAMPED else 0.5)
        if change <= settled * float(residence.max(initial=0.0)):
            break
    return residence


def _shifts(network: ClosedNetwork, residence: Array, shifts: Array) -> Array:
    """By how much each class's share at each station changes when a customer of class j is taken out (K, M, K)."""
    shares = _shares(network, residence)
    found = np.zeros_like(shifts)
    for leaver in np.flatnonzero(network.population > 0):
        fewer = network.population.copy()
        fewer[leaver] -= 1
        smaller = replace(network, population=fewer)
        changed = _shares(smaller, _settle(smaller, shifts, residence, ROUGHLY_SETTLED)) - shares
        found[:, :, leaver] = np.where((fewer > 0)[:, None], changed, 0.0)
    return found


def _throughput(network: ClosedNetwork, residence: Array) -> Array:
    return _per(network.population.astype(float), network.think_time + residence.sum(axis=1), network.population)


def _shares(network: ClosedNetwork, residence: Array) -> Array:
    """The share of its time that a customer of each class spends at each station (K by M)."""
    cycle = network.think_time + residence.sum(axis=1)
    return np.stack([_per(column, cycle, network.population) for column in residence.T], axis=1)


def _per(amount: Array, time: Array, population: Whole) -> Array:
    """Amount over time for the classes with somebody in them, else 0."""
    result: Array = np.divide(amount, time, out=np.zeros(len(time)), where=population > 0)
    return result


def _waits(network: ClosedNetwork, residence: Array, shifts: Array) -> Array:
    """Wait of all visits of each class at each station (K by M)."""
    others = np.maximum(network.population[:, None] - np.eye(len(network.population)), 0.0)
    found = np.maximum(others[:, None, :] * (_shares(network, residence)[:, :, None] + shifts), 0.0)
    names = network.unequal
    mixed = np.array([station.name in names for station in network.stations])[None, :]
    work: Array = np.einsum("kij,ki->ji", found, np.where(mixed, network.service, 1.0))
    waits: Array = work * np.where(mixed, network.visits * (network.demands > 0), network.demands)
    for column, servers in enumerate(network.servers):
        if np.isinf(servers):
            waits[:, column] = 0.0
        elif servers > 1:
            waits[:, column] = _wait_for_several(network, residence, column, unequal=bool(mixed[0, column]))
    return waits


def _wait_for_several(network: ClosedNetwork, residence: Array, column: int, *, unequal: bool) -> Array:
    """Wait of all visits of each class at several servers, from the machine repairman of the mean customer."""
    throughput = _throughput(network, residence)
    demands, everybody = network.demands[:, column], int(network.population.sum())
    rate, servers = float(throughput.sum()), int(network.servers[column])
    service = float(throughput @ demands) / rate if rate else 0.0
    if everybody <= servers or not service:
        return np.zeros(len(demands))
    away = max((everybody - float(throughput @ residence[:, column])) / rate, 1e-9 * service)
    passed = queues.closed_throughput(everybody, servers, service, away)
    stretch = max(0.0, (everybody / passed - away) / service - 1)
    if not unequal:
        return demands * stretch
    visits = network.visits[:, column]
    mean = float(throughput @ demands) / float(throughput @ visits)
    return np.where(demands > 0, visits * mean * stretch, 0.0)


def _within_servers(network: ClosedNetwork, residence: Array) -> Solution:
    """Hold the utilisation law: where an estimate asks more of a station than it can do, all pass more slowly."""
    throughput = _throughput(network, residence)
    loads = throughput @ network.demands / network.servers
    busiest = float(loads.max(initial=0.0))
    if busiest > 1:
        throughput = throughput / busiest
        cycle = _per(network.population.astype(float), throughput, network.population)
        missing = cycle - network.think_time - residence.sum(axis=1)
        residence = residence.copy()
        residence[:, int(loads.argmax())] += np.where(network.population > 0, missing, 0.0)
    return solution(network, throughput, residence, kind="approximate", notes=not_product_form(network))
