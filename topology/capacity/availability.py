"""Availability: servers that fail and are repaired, k of n in each tier, tiers in series."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from topology.capacity.answer import HostForecast, Number
from topology.capacity.loads import Network
from topology.capacity.single_points import Loss, replicas
from topology.capacity.uncertainty import Corner, at, spread
from topology.demands import guess
from topology.value import Estimate

MTBF_HOURS = guess(
    2190,
    8760,
    43800,
    "a server stops once in a year, from four times a year to once in five; not measured. With the long repair the"
    " low end is 99.5 %, to which Amazon commits for one instance (Compute Service Level Agreement)",
)
REPAIR_HOURS = guess(1, 4, 11, "a server is set up anew from its files in the bundle by a person; not measured")
PROMOTION_HOURS = guess(0.25, 1, 8, "a replica is promoted by a person who must first be woken; not measured")


_NOTHING = 1e-18
"""Below this share of the time with every server up, a state counts for nothing."""


@dataclass(frozen=True, kw_only=True)
class Unit:
    """`count` equal servers of which `needed` must be up; times in one unit, hours here."""

    name: str
    mtbf: float
    mttr: float
    count: int = 1
    needed: int = 1
    crews: int | None = None
    """Repairs that can go on at once; None where there are enough for all."""


def k_of_n(unit: Unit) -> float:
    """Share of the time in which at least `needed` servers are up.

    Birth-death chain over the number of servers down: failures (n-d)/MTBF, repairs min(d, crews)/MTTR
    (Trivedi 2001, ch. 8). Raises ValueError where the numbers are not positive or more are needed than there are.
    """
    return sum(down_shares(unit)[: unit.count - unit.needed + 1])


def down_shares(unit: Unit) -> tuple[float, ...]:
    """Share of the time in which 0, 1, ... servers are down, by the same chain; raises ValueError as above.

    Of very many servers the last numbers are left out, once all of them together count less than the last digit.
    """
    if unit.mtbf <= 0 or unit.mttr < 0 or not 0 < unit.needed <= unit.count:
        raise ValueError(f"{unit.name}: times must be positive, and from 1 to {unit.count} servers needed")
    crews = unit.count if unit.crews is None else unit.crews
    if crews < 1:
        raise ValueError(f"{unit.name}: somebody must repair, so crews must be at least 1")
    weights = [1.0]
    for down in range(1, unit.count + 1):
        failing = (unit.count - down + 1) / unit.mtbf
        weights.append(weights[-1] * failing * unit.mttr / min(down, crews))
        if weights[-1] > 1e200:
            weights = [weight * 1e-200 for weight in weights]
        if weights[-1] < _NOTHING * weights[0] and weights[-1] < weights[-2] / 2:
            break  # from here on each is less than half of the one before
    total = sum(weights)
    return tuple(weight / total for weight in weights)


def series(units: Iterable[Unit]) -> float:
    """Availability of units of which each is needed: the product of theirs, failures independent."""
    return math.prod(k_of_n(unit) for unit in units)


def availability_of(network: Network, hosts: Sequence[HostForecast], lost: Sequence[Loss]) -> Number:
    """Servers alone, in series by need: lone ones 1 of 1, the rest of a tier as many as the peak takes of them."""
    ends: dict[Corner, float] = {
        corner: series(_units(network, hosts, lost, corner)) for corner in ("mid", "low", "high")
    }
    return spread(
        tuple(ends.values()),
        unit="share",
        why=(
            "servers that stop and are repaired, k of n by what the peak needs, tiers in series; how often they stop"
            " and how long repair takes are guesses, and faults of software, of people and of the data centre are"
            " not counted"
        ),
    )


def _units(network: Network, hosts: Sequence[HostForecast], lost: Sequence[Loss], corner: Corner) -> list[Unit]:
    """The low corner is the bad one: it stops often and takes long to repair."""
    slow: Corner = {"low": "high", "mid": "mid", "high": "low"}[corner]  # type: ignore[assignment]
    mtbf = at(MTBF_HOURS, corner)
    lone = {loss.host for loss in lost if not loss.soft}
    asked = {
        hop.to[0] for route in network.routes.values() for asks in route.asks.values() for ask in asks
        if not ask.soft for hop in ask.hops
    }  # fmt: skip
    units = [
        Unit(name=host, mtbf=mtbf, mttr=at(repair_hours(network, host), slow)) for host in network.hosts if host in lone
    ]
    for tier in network.cluster.design.tiers:
        equals = [host for host in hosts if host.tier == tier.name and host.name in asked - lone]
        if equals:
            count = sum(network.servers(host.name) for host in equals)
            busy = sum(_busy(host) * network.servers(host.name) for host in equals)
            needed = min(count, max(1, math.ceil(busy)))
            repair = at(REPAIR_HOURS, slow)
            units.append(Unit(name=tier.name, mtbf=mtbf, mttr=repair, count=count, needed=needed))
    return units


def _busy(host: HostForecast) -> float:
    """Share of a server that the peak takes; connections that are only held open take nothing."""
    return max((number.value for resource, number in host.utilisation.items() if resource != "connections"), default=0)


def repair_hours(network: Network, host: str) -> Estimate:
    """Hours until what a server did is done again: by a replica that is promoted, else by a server set up anew."""
    offers = {offer.placed.host.name for offer in network.cluster.providers("sql")}
    return PROMOTION_HOURS if host in offers and replicas(network, host) else REPAIR_HOURS
