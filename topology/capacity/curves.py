"""The response curve: response times from an idle site to its capacity, and the knee between the two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from topology.capacity.answer import Number
from topology.capacity.latency import Figure

LOADS = (0.02, 0.3, 0.46, 0.6, 0.7, 0.8, 0.87, 0.93, 0.97)
"""Shares of capacity at which the curve is worked out: denser where it bends."""

At = Callable[[float], Mapping[Figure, Number]]
"""Response times in milliseconds at a rate of the site; empty where there are none."""


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """Response times at one rate."""

    rate: float
    """Requests per second of the whole site."""
    mean: Number
    p95: Number


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Response times against load, in rising order of rates, all below the capacity."""

    points: tuple[CurvePoint, ...]
    capacity: Number
    """Requests per second; no queue has an end from here on."""
    knee: float
    """Rate at which rate / mean response is greatest (Kleinrock 1979): beyond it, waits grow faster than work."""


def curve_through(at: At, capacity: Number) -> Curve | None:
    """The curve of a site that answers as `at` says; None where no capacity is claimed."""
    if capacity.value <= 0:
        return None
    rates = [share * capacity.value for share in LOADS]
    answers = [(rate, at(rate)) for rate in rates]
    points = tuple(CurvePoint(rate=rate, mean=found["mean"], p95=found["p95"]) for rate, found in answers if found)
    return Curve(points=points, capacity=capacity, knee=_knee(points)) if points else None


def _knee(points: Sequence[CurvePoint]) -> float:
    """The top of rate / response, by the parabola through the highest point and its neighbours."""
    power = [point.rate / point.mean.value if point.mean.value > 0 else 0.0 for point in points]
    top = max(range(len(points)), key=power.__getitem__)
    if not 0 < top < len(points) - 1:
        return points[top].rate
    (x0, y0), (x1, y1), (x2, y2) = ((points[n].rate, power[n]) for n in (top - 1, top, top + 1))
    left, right = (x1 - x0) * (y1 - y2), (x1 - x2) * (y1 - y0)
    flat = left - right
    return x1 - 0.5 * ((x1 - x0) * left - (x1 - x2) * right) / flat if flat else x1
