"""One tier of equal hosts under its balancer, compiled: how much sharing stretches a request, and how unevenly."""

from __future__ import annotations

from topology.capacity import queues
from topology.capacity.compiled import compiled
from topology.capacity.screen.inputs import LEAST_CONNECTIONS, ROUND_ROBIN

MOST_POOLED = 1024
"""Cores of a pooled tier that are counted: with more, nobody waits."""

# Both are queues' own, compiled. What calls other functions there cannot be compiled from outside, so that the two
# lines of Erlang's C and of the variance stand here again; a test holds them to queues'.
erlang_b = compiled(queues.erlang_b)
dealt_in_turn = compiled(queues.dealt_in_turn)


@compiled
def sharing(load: float, servers: int) -> tuple[float, float]:
    """Stretch - 1 (queues.ps_stretch) and squared coefficient of variation - 1 (queues.ps_scv) below a load of 1."""
    if load <= 0.0:
        return 0.0, 0.0
    blocked = erlang_b(servers, load * servers)
    waits = blocked / (1 - load * (1 - blocked))
    return waits / (servers * (1 - load)), 2 * waits * waits / (load * (2 - load))


@compiled
def balancing(policy: int, hosts: int, load: float, scv: float) -> float:
    """What a policy leaves of the time that the random split adds by sharing, before one queue for all is reached."""
    if policy == ROUND_ROBIN:
        return dealt_in_turn(load, hosts, scv)
    return 0.0 if policy == LEAST_CONNECTIONS else 1.0
