"""Queues in closed form: what one station does at a given load.

Rates and times may be in any unit as long as it is one throughout. Symbols: λ arrival rate, μ service rate of one
server, c servers, a = λ/μ offered load in erlangs, ρ = a/c utilisation, C(c, a) Erlang's probability of waiting.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Discipline = Literal["fcfs", "ps"]


@dataclass(frozen=True, kw_only=True)
class Station:
    """A station in steady state; times in the unit of 1/rate."""

    utilisation: float
    """Mean share of the servers that are busy."""
    wait_probability: float
    """Share of the accepted arrivals that find every server busy."""
    blocking: float
    """Share of the arrivals that are turned away; 0 without a limit."""
    empty_probability: float
    queue_length: float
    """Mean number in the system, in service or waiting."""
    waiting_length: float
    response: float
    wait: float


@dataclass(frozen=True, kw_only=True)
class Slots:
    """A limited number of slots, each held by one request from its start to its end."""

    busy: float
    """Mean number of slots held."""
    wait: float
    """Mean wait for a slot, beyond what the request would take if there were slots for all."""
    wait_probability: float
    """Share of the requests that find every slot held."""


def erlang_b(servers: int, offered: float) -> float:
    """Blocking of M/M/c/c at `offered` erlangs (Erlang 1917), by the stable recursion over servers."""
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = offered * blocked / (count + offered * blocked)
    return blocked


def erlang_c(servers: int, offered: float) -> float:
    """Probability that an arrival at M/M/c waits (Erlang 1917): C = B / (1 - ρ(1 - B)); 1 at or above saturation."""
    if offered >= servers:
        return 1.0
    blocked = erlang_b(servers, offered)
    return blocked / (1 - offered / servers * (1 - blocked))


def mmc(arrival_rate: float, service_rate: float, servers: int, *, capacity: int | None = None) -> Station:
    """M/M/c, or M/M/c/K where `capacity` is K, the most that fit in the system (Kleinrock 1975, ch. 3).

    Raises ValueError where there is no steady state.
    """
    _check(arrival_rate >= 0 and service_rate > 0 and servers >= 1, "rates must not be negative, servers at least 1")
    if capacity is not None:
        return _mmck(arrival_rate, service_rate, servers, capacity)
    offered = arrival_rate / service_rate
    _check(offered < servers, "the arrival rate must be below servers * service_rate")
    waits = erlang_c(servers, offered)
    wait = waits / (servers * service_rate - arrival_rate)
    return Station(
        utilisation=offered / servers,
        wait_probability=waits,
        blocking=0.0,
        empty_probability=_empty(servers, offered),
        queue_length=offered + arrival_rate * wait,
        waiting_length=arrival_rate * wait,
        response=1 / service_rate + wait,
        wait=wait,
    )


def mmc_percentile(
    share: float, arrival_rate: float, service_rate: float, servers: int, *, capacity: int | None = None
) -> float:
    """The response time of M/M/c or M/M/c/K, first come first served, that `share` of the accepted do not exceed."""
    _check(0 <= share < 1, "a percentile is a share from 0 to below 1")
    station = mmc(arrival_rate, service_rate, servers, capacity=capacity)
    if capacity is None:
        beyond = _mmc_tail(arrival_rate, service_rate, servers, station.wait_probability)
    else:
        beyond = _mmck_tail(_states(arrival_rate, service_rate, servers, capacity), service_rate, servers)
    return _solve_falling(lambda time: beyond(time) - (1 - share), start=station.response)


def mg1_response(arrival_rate: float, mean_service: float, scv: float, discipline: Discipline) -> float:
    """Mean response of M/G/1: Pollaczek and Khinchine for FCFS; insensitive to `scv` for processor sharing."""
    load = arrival_rate * mean_service
    _check(0 <= load < 1, "the load must be below 1")
    if discipline == "ps":
        return mean_service / (1 - load)
    return mean_service + load * mean_service * (1 + scv) / (2 * (1 - load))


def mm1_ps_variance(arrival_rate: float, mean_service: float) -> float:
    """Variance of the response of M/M/1 under processor sharing: R²(2+ρ)/(2-ρ) (Coffman, Muntz, Trotter 1970)."""
    load = arrival_rate * mean_service
    return mg1_response(arrival_rate, mean_service, 1, "ps") ** 2 * ps_scv(load, 1)


def mg1_variance(arrival_rate: float, mean_service: float, scv: float, discipline: Discipline) -> float | None:
    """Variance of the response of M/G/1 where `scv` names one distribution: exponential (1) or constant (0).

    FCFS: λE[S³]/(3(1-ρ)) + (λE[S²]/(2(1-ρ)))² + Var S (Kleinrock 1975, ch. 5). Processor sharing: exponential only.
    None for what the mean and the scv do not tell.
    """
    load = arrival_rate * mean_service
    _check(0 <= load < 1, "the load must be below 1")
    if discipline == "ps":
        return mm1_ps_variance(arrival_rate, mean_service) if scv == 1 else None
    if scv not in (0, 1):
        return None
    second, third = (2, 6) if scv == 1 else (1, 1)
    wait = load * third / (3 * (1 - load)) + (load * second / (2 * (1 - load))) ** 2
    return mean_service**2 * (wait + scv)


def ps_stretch(utilisation: float, servers: int) -> float:
    """How much longer than alone a request takes on `servers` shared cores: 1 + C(c, ρc) / (c(1-ρ)).

    The mean of M/M/c; under processor sharing it holds for any distribution of service (a symmetric queue,
    Kelly 1979) and in proportion for every request. Raises ValueError at or above saturation.
    """
    _check(0 <= utilisation < 1, "the utilisation must be below 1")
    return 1 + erlang_c(servers, utilisation * servers) / (servers * (1 - utilisation))


def bounded_stretch(utilisation: float, servers: int, most: int) -> float:
    """The same where at most `most` requests are there at once: M/M/c/K at the arrival rate that gets through.

    Who holds a slot elsewhere while he is here cannot be one of an endless crowd. Found by halving; never more than
    `ps_stretch`.
    """
    if most <= servers:
        return 1.0
    low, high = utilisation * servers, servers * 50.0
    for _ in range(40):
        middle = (low + high) / 2
        station = mmc(middle, 1.0, servers, capacity=most)
        low, high = (middle, high) if station.utilisation < utilisation else (low, middle)
    return mmc(low, 1.0, servers, capacity=most).response


def ps_scv(utilisation: float, servers: int) -> float:
    """Squared coefficient of variation of a response under processor sharing, service exponential.

    1 + 2C²/(ρ(2-ρ)) with Erlang's C: exact for one server, where C = ρ and it is (2+ρ)/(2-ρ); for more it is our
    own interpolation between the ends that are known, 1 where nobody shares and 3 at saturation. Event simulations
    of 2 to 8 servers lay within 0.15 of it.
    """
    _check(0 <= utilisation < 1, "the utilisation must be below 1")
    if utilisation == 0:
        return 1.0
    return 1 + 2 * erlang_c(servers, utilisation * servers) ** 2 / (utilisation * (2 - utilisation))


def dealt_in_turn(utilisation: float, servers: int, scv: float = 1.0) -> float:
    """What is left of the time that sharing adds, where a balancer deals a Poisson stream out in turn; 0 to 1.

    Every n-th arrival comes to a server, so the gaps' squared coefficient of variation is 1/n. In heavy traffic the
    number at shared cores is work over its mean residual, (1/n + v) / (1 + v) of what Poisson arrivals bring (Whitt
    2000 for the work); towards light traffic the factor of Krämer and Langenbach-Belz (1976). `scv` is v, that of a
    request's own work.
    """
    if servers <= 1 or utilisation <= 0:
        return 1.0
    gaps = 1 / servers
    light = math.exp(-2 * (1 - utilisation) / (3 * utilisation) * (1 - gaps) ** 2 / (gaps + scv))
    return (gaps + scv) / (1 + scv) * light


def closed_throughput(customers: int, servers: int, service: float, think: float) -> float:
    """Throughput of `customers` that alternate between a delay of `think` and `servers` cores of `service` each.

    The machine repairman M/M/c//N in closed form; exact also under processor sharing with any service time. Summed
    outwards from the likeliest number of busy ones, as far as it counts: some times the root of `customers` terms.
    """
    if think <= service * 1e-9:
        return min(customers, servers) / service

    def growth(count: int) -> float:
        """P(count) / P(count - 1), falling in count."""
        return (customers - count + 1) * service / (think * min(count, servers))

    likeliest = bisect.bisect_left(range(1, customers + 1), True, key=lambda count: growth(count) < 1)
    total, busy = 1.0, float(min(likeliest, servers))
    weight = 1.0
    for count in range(likeliest + 1, customers + 1):
        weight *= growth(count)
        total, busy = total + weight, busy + weight * min(count, servers)
        if weight < 1e-20:
            break
    weight = 1.0
    for count in range(likeliest, 0, -1):
        weight /= growth(count)
        total, busy = total + weight, busy + weight * min(count - 1, servers)
        if weight < 1e-20:
            break
    return busy / total / service


def slots(arrival_rate: float, count: int, servers: int, service: float, think: float) -> Slots:
    """`count` slots held over `service` on shared cores and `think` elsewhere, with an endless queue before them.

    Flow-equivalent server: with n requests inside, the closed network above passes X(n) a unit of time, and an
    outer birth-death chain has these rates, X(count) beyond `count` (Chandy, Herzog, Woo 1975; hierarchical
    models of Menascé and Almeida). Raises ValueError where the slots cannot carry the rate.
    """
    rates = [closed_throughput(inside, servers, service, think) for inside in range(1, count + 1)]
    _check(arrival_rate < rates[-1], "the arrival rate must be below what the slots can pass")
    if arrival_rate <= 0:
        return Slots(busy=0.0, wait=0.0, wait_probability=0.0)
    number, busy, full = _chain(arrival_rate, rates)
    alone = service * ps_stretch(arrival_rate * service / servers, servers) + think
    return Slots(busy=busy, wait=max(0.0, number / arrival_rate - alone), wait_probability=full)


def _chain(arrival_rate: float, rates: Sequence[float]) -> tuple[float, float, float]:
    """Mean number inside and waiting, mean slots held, and the probability that all are held."""
    slots_held = len(rates)
    weights = [1.0]
    for rate in rates:
        weights.append(weights[-1] * arrival_rate / rate)
        if weights[-1] > 1e200:
            weights = [weight * 1e-200 for weight in weights]
    decay = arrival_rate / rates[-1]
    beyond = weights[-1] / (1 - decay)
    total = sum(weights[:-1]) + beyond
    inside = sum(n * weight for n, weight in enumerate(weights[:-1]))
    waiting = beyond * decay / (1 - decay)
    held = inside + slots_held * beyond
    return (held + waiting) / total, held / total, beyond / total


def _mmck(arrival_rate: float, service_rate: float, servers: int, capacity: int) -> Station:
    _check(capacity >= servers, "the capacity must be at least the number of servers")
    chance = _states(arrival_rate, service_rate, servers, capacity)
    inside = sum(n * p for n, p in enumerate(chance))
    busy = sum(min(n, servers) * p for n, p in enumerate(chance))
    waiting = sum((n - servers) * p for n, p in enumerate(chance) if n > servers)
    accepted = busy * service_rate
    taken = sum(chance[:-1])
    wait = waiting / accepted if accepted else 0.0
    return Station(
        utilisation=busy / servers,
        wait_probability=sum(chance[servers:-1]) / taken if accepted else 0.0,
        blocking=chance[-1],
        empty_probability=chance[0],
        queue_length=inside,
        waiting_length=waiting,
        response=1 / service_rate + wait,
        wait=wait,
    )


def _states(arrival_rate: float, service_rate: float, servers: int, capacity: int) -> list[float]:
    """Probabilities of 0 to K in M/M/c/K, outwards from the likeliest number so that none is too large."""

    def growth(count: int) -> float:
        """P(count) / P(count - 1), never rising in count."""
        return arrival_rate / (service_rate * min(count, servers))

    likeliest = bisect.bisect_left(range(1, capacity + 1), True, key=lambda count: growth(count) < 1)
    weights = [0.0] * (capacity + 1)
    weights[likeliest] = 1.0
    for count in range(likeliest + 1, capacity + 1):
        weights[count] = weights[count - 1] * growth(count)
    for count in range(likeliest, 0, -1):
        weights[count - 1] = weights[count] / growth(count)
    total = sum(weights)
    return [weight / total for weight in weights]


def _mmck_tail(chance: Sequence[float], service_rate: float, servers: int) -> Callable[[float], float]:
    """P(response > t) of those accepted at M/M/c/K.

    In steps of the busy station's departures, a Poisson stream of rate cμ: who finds n waits for n-c+1 of them, and
    each of the later ones is his own with probability 1/c. Sums of positive terms only.
    """
    taken = sum(chance[:-1])
    starts = [sum(chance[: min(servers, len(chance) - 1)]) / taken, *(p / taken for p in chance[servers:-1])]
    left, served, still = 1.0, 0.0, []
    for start in starts:
        still.append(left + served)
        left, served = max(0.0, left - start), (1 - 1 / servers) * (served + start)
    while served > 1e-17:
        still.append(served)
        served *= 1 - 1 / servers
    return lambda time: _poisson_mean(still, servers * service_rate * time)


def _poisson_mean(values: Sequence[float], mean: float) -> float:
    """Mean of values[m], 0 beyond their end, m Poisson: from the likeliest m outwards, as far as it counts."""
    top = int(mean)
    most = math.exp(top * math.log(mean) - mean - math.lgamma(top + 1)) if mean > 0 else 1.0
    total, weight = 0.0, most
    for m in range(top, len(values)):
        total += weight * values[m]
        weight *= mean / (m + 1)
        if weight < most * 1e-20:
            break
    weight = most
    for m in range(top, 0, -1):
        weight *= m / mean
        total += weight * values[m - 1] if m <= len(values) else 0.0
        if weight < most * 1e-20:
            break
    return total


def _empty(servers: int, offered: float) -> float:
    """P(0) of M/M/c, with the sum of a^n/n! taken term by term."""
    term, total = 1.0, 1.0
    for count in range(1, servers):
        term *= offered / count
        total += term
    return 1 / (total + term * offered / servers / (1 - offered / servers))


def _mmc_tail(arrival_rate: float, service_rate: float, servers: int, waits: float) -> Callable[[float], float]:
    """P(response > t) of M/M/c: exponential service after, with probability C, an exponential wait."""
    spare = servers * service_rate - arrival_rate

    def beyond(time: float) -> float:
        served = math.exp(-service_rate * time)
        if abs(spare - service_rate) < 1e-9 * service_rate:
            return served * (1 + waits * service_rate * time)
        share = waits * service_rate / (spare - service_rate)
        return (1 + share) * served - share * math.exp(-spare * time)

    return beyond


def _solve_falling(function: Callable[[float], float], *, start: float) -> float:
    """The root of a falling function on the positive side, by doubling and halving, to 12 digits."""
    if function(0.0) <= 0:
        return 0.0
    low, high = 0.0, start
    while function(high) > 0:
        low, high = high, high * 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high) or high - low <= 1e-12 * high:
            break
        low, high = (middle, high) if function(middle) > 0 else (low, middle)
    return (low + high) / 2


def _check(holds: bool, sentence: str) -> None:
    if not holds:
        raise ValueError(sentence)
