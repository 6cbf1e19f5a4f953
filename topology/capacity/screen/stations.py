"""One tier of equal hosts under its balancer, compiled: how much sharing stretches a request, and how unevenly."""

from __future__ import annotations

import math

from topology.capacity import queues
from topology.capacity.screen.compiled import compiled
from topology.capacity.screen.inputs import LEAST_CONNECTIONS, ROUND_ROBIN

MOST_POOLED = 1024
"""Cores of a pooled tier that are counted: with more, nobody waits."""

# The recursion is queues' own, compiled. What calls other functions there cannot be compiled from outside, so that
# the two lines of Erlang's C and of the variance stand here again; a test holds them to queues'.
erlang_b = compiled(queues.erlang_b)


@compiled
def sharing(load: float, servers: int) -> tuple[float, float]:
    """Stretch - 1 (queues.ps_stretch) and squared coefficient of variation - 1 (queues.ps_scv) below a load of 1."""
    if load <= 0.0:
        return 0.0, 0.0
    blocked = erlang_b(servers, load * servers)
    waits = blocked / (1 - load * (1 - blocked))
    return waits / (servers * (1 - load)), 2 * waits * waits / (load * (2 - load))


@compiled
def balancing(policy: int, hosts: int, servers: int, load: float) -> float:
    """Where a policy lies between the pooled queue (0) and the random split (1), in the mean added by sharing."""
    if policy == ROUND_ROBIN:
        # Every hosts-th arrival of a Poisson stream: Erlang distributed gaps. Krämer and Langenbach-Belz 1976.
        gaps = 1.0 / hosts
        return (1 + gaps) / 2 * math.exp(-2 * (1 - load) / (3 * load) * (1 - gaps) ** 2 / (1 + gaps))
    if policy == LEAST_CONNECTIONS:
        return 0.0
    return 1.0
