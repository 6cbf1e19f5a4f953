"""Exact results to hold simulations against, worked out here from balance equations, not by the code under test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from math import factorial


def birth_death(births: Callable[[int], float], deaths: Callable[[int], float], most: int) -> list[float]:
    """Chances of the states 0 to `most`."""
    weights = list(accumulate(range(most), lambda weight, n: weight * births(n) / deaths(n + 1), initial=1.0))
    return [weight / sum(weights) for weight in weights]


def mean(chances: Sequence[float]) -> float:
    """The mean state."""
    return sum(n * chance for n, chance in enumerate(chances))


def erlang_response(rate: float, service: float, servers: int) -> float:
    """Mean response of M/M/c, first come first served or processor sharing (Erlang's C formula)."""
    load = rate * service
    top = load**servers / factorial(servers) * servers / (servers - load)
    waits = top / (sum(load**n / factorial(n) for n in range(servers)) + top)
    return service + waits * service / (servers - load)


def closed_network(population: int, think: float, demands: Sequence[float]) -> tuple[float, float]:
    """Throughput and response by exact mean value analysis (Reiser and Lavenberg, 1980)."""
    queues, response, throughput = [0.0] * len(demands), 0.0, 0.0
    for users in range(1, population + 1):
        residences = [demand * (1 + queue) for demand, queue in zip(demands, queues, strict=True)]
        response = sum(residences)
        throughput = users / (think + response)
        queues = [throughput * residence for residence in residences]
    return throughput, response


def split_response(rate: float, service: float, hosts: int) -> float:
    """Mean response of one of `hosts` M/M/1 that take turns: Erlang arrivals of as many phases (GI/M/1).

    With s the root of s = A(mu (1 - s)), A the transform of the time between arrivals, response is service/(1 - s).
    """
    root = 0.5
    for _ in range(10_000):
        root = (rate / (rate + (1 - root) / service)) ** hosts
    return service / (1 - root)
