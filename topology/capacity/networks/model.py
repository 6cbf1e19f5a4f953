"""Networks of stations in steady state, as numbers in and numbers out.

K classes of requests and M stations; arrays have one row a class and one column a station. Rates and times may be in
any unit as long as it is one throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from topology.capacity.answer import Class

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Discipline = Literal["fcfs", "ps", "lcfs", "delay"]
"""First come first served, processor sharing, last come first served with pre-emption, or nobody waits."""


class Saturated(ValueError):
    """A station is asked for more than its servers can do; the sentence says where and by how much."""


class TooLarge(ValueError):
    """An exact answer would take too long; the sentence says what to do instead."""


@dataclass(frozen=True, kw_only=True)
class Station:
    """What serves. `servers` is None for a delay, where nobody waits."""

    name: str
    servers: int | None = 1
    discipline: Discipline = "ps"

    @property
    def delays(self) -> bool:
        """Whether nobody ever waits here."""
        return self.servers is None or self.discipline == "delay"


@dataclass(frozen=True, kw_only=True)
class Network:
    """Stations and what one request of each class asks of them."""

    stations: tuple[Station, ...]
    classes: tuple[str, ...]
    visits: Array
    """K by M: how often a request comes to a station."""
    service: Array
    """K by M: mean time of service at one visit, alone."""

    @cached_property
    def demands(self) -> Array:
        """K by M: visits times service."""
        return self.visits * self.service

    @cached_property
    def servers(self) -> Array:
        """M: the number of servers, infinite for delays."""
        return np.array([np.inf if s.delays or s.servers is None else float(s.servers) for s in self.stations])

    @cached_property
    def unequal(self) -> tuple[str, ...]:
        """Stations that break the product form: first come first served with another service time for each class."""
        found = []
        for column, station in enumerate(self.stations):
            times = self.service[self.demands[:, column] > 0, column]
            if station.discipline == "fcfs" and not station.delays and len(times) > 1:
                if np.ptp(times) > 1e-9 * times.max():
                    found.append(station.name)
        return tuple(found)


@dataclass(frozen=True, kw_only=True)
class OpenNetwork(Network):
    """Requests come from outside and leave."""

    arrival_rate: Array
    """K: Poisson arrivals of each class."""


@dataclass(frozen=True, kw_only=True)
class ClosedNetwork(Network):
    """A fixed number of customers of each class goes round; each thinks between two requests."""

    population: Whole
    think_time: Array


@dataclass(frozen=True, kw_only=True)
class Solution:
    """A network in steady state; what a class does not do, or has nobody for, is 0."""

    network: Network
    throughput: Array
    """K: requests a unit of time."""
    response: Array
    """K: mean time from a request's start to its end, without thinking."""
    utilisation: Array
    """K by M: share of the servers of a station busy with a class; 0 at a delay, whose servers have no end."""
    queue_length: Array
    """K by M: mean number there, in service or waiting."""
    residence: Array
    """K by M: mean time there of one request, all its visits together."""
    kind: Class
    notes: tuple[str, ...] = ()


def solution(
    network: Network, throughput: Array, residence: Array, *, kind: Class, notes: Sequence[str] = ()
) -> Solution:
    """The rest of a solution from throughput (K) and residence (K by M), by Little's law and the utilisation law."""
    busy = throughput[:, None] * network.demands
    return Solution(
        network=network,
        throughput=throughput,
        response=residence.sum(axis=1),
        utilisation=busy / network.servers,
        queue_length=throughput[:, None] * residence,
        residence=residence,
        kind=kind,
        notes=tuple(notes),
    )


def not_product_form(network: Network) -> tuple[str, ...]:
    """A note on each station that has no product form."""
    return tuple(
        f"{name} serves first come, first served and its service times differ between classes: such a network has no"
        " product form, so the answer is approximate"
        for name in network.unequal
    )
