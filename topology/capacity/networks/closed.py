"""Closed networks by the method asked for, each answer held against its bounds."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from topology.capacity.networks.approximation import solve_approximate
from topology.capacity.networks.bounds import Bounds, bounds_of
from topology.capacity.networks.exact import solve_exact
from topology.capacity.networks.model import Array, ClosedNetwork, Solution, not_product_form

Method = Literal["exact", "approximate", "linearizer"]
SLACK = 1e-6
"""How far rounding may carry an exact answer over a bound."""


def solve_closed(network: ClosedNetwork, method: Method = "exact") -> tuple[Solution, Bounds]:
    """Means of a closed network and the bounds they lie in.

    A network without a product form is approximated whatever is asked; notes say so. Raises TooLarge where an exact
    answer would take too long, and ValueError where a class takes no time anywhere.
    """
    _refuse_timeless(network)
    bounds = bounds_of(network)
    exact = method == "exact" and not network.unequal
    answer = solve_exact(network) if exact else solve_approximate(network, linearise=method == "linearizer")
    outside = _outside(answer, bounds)
    if outside and exact:
        raise ArithmeticError(f"an exact answer lies outside its bounds at {outside}")
    notes = not_product_form(network)
    if outside:
        notes += (f"the approximation of {outside} lies outside its bounds: see bounds, or ask for the exact method",)
    return replace(answer, notes=notes), bounds


def _refuse_timeless(network: ClosedNetwork) -> None:
    for name, time, count in zip(network.classes, _alone(network), network.population, strict=True):
        if count and not time > 0:
            raise ValueError(f"{name} takes no time anywhere, so it would go round without end")


def _alone(network: ClosedNetwork) -> Array:
    time: Array = network.think_time + network.demands.sum(axis=1)
    return time


def _outside(answer: Solution, bounds: Bounds) -> str:
    """Names of the classes and stations that break a bound or the utilisation law."""
    names = [
        name
        for name, value, low, high in zip(
            answer.network.classes, answer.throughput, bounds.low, bounds.high, strict=True
        )
        if not low * (1 - SLACK) <= value <= high * (1 + SLACK)
    ]
    busy = answer.utilisation.sum(axis=0)
    names += [station.name for station, share in zip(answer.network.stations, busy, strict=True) if share > 1 + SLACK]
    return ", ".join(names)
