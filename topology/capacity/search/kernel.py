"""The loops of the search that are compiled: what sharing cores, waiting for slots and percentiles come to.

Its formulas are those of the screen and the forecast (`screen.stations`, `screen.crowd`, `screen.quantiles`, `queues`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from topology.capacity.compiled import compiled
from topology.capacity.holding import MOST_EXACT
from topology.capacity.screen.crowd import HELD, NUMBER, WAITING, count_requests
from topology.capacity.screen.inputs import ROUND_ROBIN
from topology.capacity.screen.quantiles import SHARES, read
from topology.capacity.screen.stations import balancing, sharing

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
OVERLOADED = 1e9
"""Stands for a stretch without end; figures with it are cut off where a request is."""
ENDLESS = 1e12
"""A queue before the slots that is never full."""
ROWS = 14
"""Rows of the working space of the screen's kernels."""
_P95 = SHARES.index(0.95)


@compiled
def stretches(load: Floats, cores: int, turns: Numbers, stretch: Floats, scv: Floats) -> None:
    """How much longer than alone a request takes on `cores` at each load, and the squared variation of that.

    `turns` is the number of servers among which requests are dealt in turn, 1 where chance decides.
    """
    for place in range(load.size):
        if load[place] >= 1.0:
            stretch[place], scv[place] = OVERLOADED, 1.0
        else:
            longer, wider = sharing(load[place], cores)
            if turns[place] > 1 and load[place] > 0.0:
                left = balancing(ROUND_ROBIN, turns[place], load[place], 1.0)
                pooled = sharing(load[place], cores * turns[place])
                longer, wider = max(left * longer, pooled[0]), max(left * wider, pooled[1])
            stretch[place], scv[place] = 1.0 + longer, 1.0 + wider


@compiled
def slots_held(
    rates: Floats,
    slots: Numbers,
    cores: Numbers,
    services: Floats,
    thinks: Floats,
    others: Floats,
    work: Floats,
    found: Floats,
) -> None:
    """Wait, probability that all slots are held, share of them that is held, and the rate over the most they pass."""
    for place in range(rates.size):
        rate, count, servers = rates[place], slots[place], cores[place]
        service, think, other = services[place], thinks[place], others[place]
        found[:, place] = 0.0
        if service + think <= 0.0:
            continue
        most = _most(count, servers, service, think, other)
        found[3, place] = rate / most
        if rate >= most:
            found[2, place] = 1.0
        elif service <= 0.0 or count > MOST_EXACT:
            found[2, place] = rate * (service + think) / count
        elif rate > 0.0:
            slower = service / (1 - rate * other / servers)
            found[0, place], found[1, place], found[2, place] = _queued(rate, count, servers, slower, think, work)


@compiled
def _queued(
    rate: float, count: int, servers: int, service: float, think: float, work: Floats
) -> tuple[float, float, float]:
    """`queues.slots`, by the kernels of the screen: the slots' closed network, with a delay in the database's place."""
    for inside_now in range(1, count + 1):
        work[0, inside_now] = service / min(inside_now, servers)
        work[1, inside_now] = think / inside_now
    count_requests(rate, count, ENDLESS, count, service + think, work)
    load = rate * service / servers
    longer = sharing(load, servers)[0] if load < 1.0 else 0.0
    alone_seconds = service * (1 + longer) + think
    wait = max(0.0, work[8, NUMBER] / rate - alone_seconds)
    return wait, work[8, WAITING], work[8, HELD] / count


@compiled
def _most(count: int, servers: int, service: float, think: float, other: float) -> float:
    """`holding.Holding.most` of one server: the rate at which all slots are always held."""
    high = _passed(count, servers, service, think)
    if other <= 0.0:
        return high
    low = 0.0
    for _ in range(60):
        middle = (low + high) / 2
        left = 1 - middle * other / servers
        if left > 0.0 and _passed(count, servers, service / left, think) > middle:
            low = middle
        else:
            high = middle
    return low


@compiled
def _passed(count: int, servers: int, service: float, think: float) -> float:
    """Throughput of the slots' closed network (`queues.closed_throughput`), or its bound where there are many."""
    if service <= 0.0:
        return count / think
    if count > MOST_EXACT or think <= service * 1e-9:
        return min(min(count, servers) / service, count / (service + think))
    weight, total, busy = 1.0, 1.0, 0.0
    for inside_now in range(1, count + 1):
        weight *= (count - inside_now + 1) * service / (think * min(inside_now, servers))
        total += weight
        busy += weight * min(inside_now, servers)
        if total > 1e200:
            weight, total, busy = weight * 1e-200, total * 1e-200, busy * 1e-200
    return busy / total / service


@compiled
def percentiles(mean: Floats, variance: Floats, table: Floats, found: Floats) -> None:
    """The 95th percentile of gamma distributions by their mean and variance."""
    for place in range(mean.size):
        found[place] = read(table, mean[place], variance[place], _P95)
