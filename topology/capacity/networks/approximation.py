"""Closed networks approximately, in a time that does not depend on the populations."""

from __future__ import annotations

import numpy as np

from topology.capacity import queues
from topology.capacity.networks.model import Array, ClosedNetwork, Solution, not_product_form, solution

ROUNDS = 20_000
SETTLED = 1e-12


def solve_approximate(network: ClosedNetwork) -> Solution:
    """Mean values by fixed point: what an arrival finds is estimated from the means themselves.

    One server: an arrival of class k finds the mean length less its own share, Q - Q_k/N_k (Schweitzer 1979; Bard
    1979). Several servers: the rest of the network is taken as a delay as long as a customer is away on average, and
    the station then is the machine repairman M/M/c//N. First come first served with unequal times: an arrival waits
    for the work that it finds (Reiser 1979).
    """
    present = network.population > 0
    residence = np.where(present[:, None], network.demands, 0.0)
    throughput = _throughput(network, residence)
    step = 1.0
    for turn in range(ROUNDS):
        target = np.where(present[:, None], _residence(network, throughput, residence), 0.0)
        change = float(np.abs(target - residence).max(initial=0.0))
        residence = residence + step * (target - residence)
        throughput = _throughput(network, residence)
        if change <= SETTLED * float(residence.max(initial=0.0)):
            break
        step = 1.0 if turn < 50 else 0.5
    return _within_servers(network, throughput, residence)


def _throughput(network: ClosedNetwork, residence: Array) -> Array:
    cycle = network.think_time + residence.sum(axis=1)
    rates: Array = np.divide(network.population, cycle, out=np.zeros(len(cycle)), where=network.population > 0)
    return rates


def _residence(network: ClosedNetwork, throughput: Array, residence: Array) -> Array:
    """The next estimate of the time at each station (K by M)."""
    lengths = throughput[:, None] * residence
    mixed = network.unequal()
    found = network.demands.copy()
    for column, station in enumerate(network.stations):
        if station.delays or station.servers is None:
            continue
        unequal = station.name in mixed
        if station.servers == 1:
            wait = _wait(network, lengths[:, column], column, unequal=unequal)
        else:
            wait = _wait_for_several(network, throughput, lengths[:, column], column, unequal=unequal)
        found[:, column] += wait
    return found


def _wait(network: ClosedNetwork, lengths: Array, column: int, *, unequal: bool) -> Array:
    """Wait of all visits of each class at one server."""
    own = np.divide(lengths, network.population, out=np.zeros(len(lengths)), where=network.population > 0)
    if unequal:
        work = network.service[:, column]
        waits: Array = network.visits[:, column] * (lengths @ work - own * work)
        return waits * (network.demands[:, column] > 0)
    shared: Array = network.demands[:, column] * (lengths.sum() - own)
    return shared


def _wait_for_several(
    network: ClosedNetwork, throughput: Array, lengths: Array, column: int, *, unequal: bool
) -> Array:
    """Wait of all visits of each class at several servers, from the machine repairman of the mean customer."""
    demands, everybody = network.demands[:, column], int(network.population.sum())
    rate, servers = float(throughput.sum()), int(network.servers[column])
    if everybody <= servers or rate == 0 or not demands.any():
        return np.zeros(len(demands))
    service = float(throughput @ demands) / rate
    away = max((everybody - float(lengths.sum())) / rate, 1e-9 * service)
    passed = queues.closed_throughput(everybody, servers, service, away)
    stretch = max(0.0, (everybody / passed - away) / service - 1)
    if not unequal:
        return demands * stretch
    visits = network.visits[:, column]
    mean = float(throughput @ demands) / float(throughput @ visits)
    return np.where(demands > 0, visits * mean * stretch, 0.0)


def _within_servers(network: ClosedNetwork, throughput: Array, residence: Array) -> Solution:
    """Hold the utilisation law: where an estimate asks more of a station than it can do, all pass more slowly."""
    busiest = float((throughput @ network.demands / network.servers).max(initial=0.0))
    if busiest > 1:
        slower = throughput / busiest
        missing = np.divide(network.population, slower, out=np.zeros(len(slower)), where=slower > 0)
        missing = missing - network.think_time - residence.sum(axis=1)
        column = int((throughput @ network.demands / network.servers).argmax())
        residence = residence.copy()
        residence[:, column] += np.where(network.population > 0, missing, 0.0)
        throughput = slower
    return solution(network, throughput, residence, kind="approximate", notes=not_product_form(network))
