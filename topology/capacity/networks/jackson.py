"""Open networks of Jackson (1957) and of Baskett, Chandy, Muntz and Palacios (1975): each station by itself."""

from __future__ import annotations

import numpy as np

from topology.capacity import queues
from topology.capacity.answer import Class
from topology.capacity.networks.model import Array, OpenNetwork, Saturated, Solution, not_product_form, solution


def solve_open(network: OpenNetwork) -> Solution:
    """Mean times and lengths of an open network; raises Saturated where a station cannot keep up.

    Exact where every station has a product form: processor sharing, a delay, last come first served with
    pre-emption, or first come first served with one service time for all classes. Else approximate: the wait at
    such a station is that of M/G/c by Lee and Longton (1959), service a mixture of exponentials.
    """
    loads = network.arrival_rate @ network.demands / network.servers
    _refuse_saturation(network, loads)
    mixed = network.unequal
    residence = np.zeros_like(network.demands)
    for column, station in enumerate(network.stations):
        if station.delays or station.servers is None:
            residence[:, column] = network.demands[:, column]
        elif station.name in mixed:
            wait = _mixed_wait(network, column, station.servers)
            residence[:, column] = network.visits[:, column] * (network.service[:, column] + wait)
            residence[network.demands[:, column] == 0, column] = 0.0
        else:
            stretch = queues.ps_stretch(float(loads[column]), station.servers)
            residence[:, column] = network.demands[:, column] * stretch
    kind: Class = "approximate" if mixed else "exact"
    return solution(network, network.arrival_rate, residence, kind=kind, notes=not_product_form(network))


def _mixed_wait(network: OpenNetwork, column: int, servers: int) -> float:
    """Wait of M/G/c: that of M/M/c times half of 1 + scv (exact for one server and Poisson arrivals)."""
    rates = network.arrival_rate * network.visits[:, column]
    times: Array = network.service[:, column]
    rate = float(rates.sum())
    if rate == 0:
        return 0.0
    mean = float(rates @ times) / rate
    scv = 2 * float(rates @ times**2) / rate / mean**2 - 1
    return queues.mmc(rate, 1 / mean, servers).wait * (1 + scv) / 2


def _refuse_saturation(network: OpenNetwork, loads: Array) -> None:
    worst = int(loads.argmax())
    load = float(loads[worst])
    if load < 1:
        return
    station = network.stations[worst]
    servers = station.servers or 1
    enough = int(np.floor(load * servers)) + 1
    here = "its server" if servers == 1 else f"its {servers} servers"
    raise Saturated(
        f"saturated: {station.name} is asked for {load * 100:.4g} % of what {here} can do;"
        f" it would take {enough:.6g} servers there, or fewer arrivals than {1 / load:.4g} times these"
    )
