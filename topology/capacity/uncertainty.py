"""Worlds: the choices of every uncertain input in which a forecast is worked out, and the range over them.

Utilisation, capacity and response are monotone in every demand, so the ends of their ranges lie at ends of the
inputs' ranges. Without an observation there are three worlds: every input expected, all low, all high: the widest
range that the inputs allow, since demands of one site (its pages, its host's speed) are off together. With an
observation the worlds are those that agree with it (see calibration), so the range narrows to what it leaves open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from topology.capacity.answer import Number
from topology.value import Estimate
from topology.workload import RequestClass

Corner = Literal["low", "mid", "high"]


@dataclass(frozen=True, kw_only=True)
class World:
    """One choice of the uncertain inputs."""

    mix: Mapping[str, RequestClass]
    """The classes with what they cost in this world."""
    corner: Corner
    """The end of the range of every other cost in CPU."""
    sent: Corner
    """The end of the range of the sizes of answers."""


def at(figure: Estimate, corner: Corner) -> float:
    """One end of a figure's range."""
    return float(getattr(figure, corner))


def plain_worlds(mix: Mapping[str, RequestClass]) -> tuple[World, ...]:
    """Every input as expected, all at their low end, all at their high end."""
    return (
        World(mix=mix, corner="mid", sent="mid"),
        World(mix=mix, corner="low", sent="low"),
        World(mix=mix, corner="high", sent="high"),
    )


def spread(values: Sequence[float], *, unit: str, why: str = "") -> Number:
    """A number from its values in all worlds: the first is the expected one.

    It is approximate even where every input is exact: a live site is not the model.
    """
    return Number(value=values[0], low=min(values), high=max(values), kind="approximate", unit=unit, why=why)
