"""The uncertain inputs of a search, and worlds of them by Latin hypercube."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from topology.value import Basis, Estimate, Value

Floats = NDArray[np.float64]


class Input(Value):
    """One figure that nobody knows exactly, with its range; worlds differ by their inputs alone."""

    name: str
    """What it is, as a person would ask for it."""
    low: float
    mid: float
    high: float
    basis: Basis
    source: str = ""

    @property
    def open(self) -> bool:
        """It has a range."""
        return self.low < self.high


def input_of(name: str, figure: Estimate) -> Input:
    """The input that an estimate is."""
    return Input(
        name=name,
        low=float(figure.low),
        mid=float(figure.mid),
        high=float(figure.high),
        basis=figure.basis,
        source=figure.source,
    )


def expected(inputs: tuple[Input, ...]) -> Floats:
    """The one world in which every input is as expected; worlds x inputs."""
    return np.array([[item.mid for item in inputs]])


def sample(inputs: tuple[Input, ...], worlds: range, *, strata: int, seed: int) -> Floats:
    """Worlds x inputs, by Latin hypercube: of every `strata` worlds one has each input in each of as many equal parts.

    A world depends on the seed and its own number only, so worlds may be drawn in pieces (McKay, Beckman, Conover
    1979; every input has a random stream of its own, so one input more or less leaves the others as they were).
    """
    found = np.empty((len(worlds), len(inputs)))
    blocks = np.array([world // strata for world in worlds], dtype=np.int64)
    places = np.array([world % strata for world in worlds], dtype=np.int64)
    for column, item in enumerate(inputs):
        for block in dict.fromkeys(blocks.tolist()):
            here = blocks == block
            found[here, column] = at_share(item, _shares(strata, (seed, column, block)))[places[here]]
    return found


def at_share(item: Input, share: Floats) -> Floats:
    """The value that this share of the worlds lies below, 0 to 1: two triangles with the expected value between them.

    Half of the worlds lie on each side of `mid`, ever fewer towards `low` and `high`: mid is the median, since it is
    the value used where one is needed, and nothing lies beyond the ends. A plain triangle with its peak at mid would
    put five sixths of the worlds above it where the upper side is five times as wide, as it often is.
    """
    below = item.mid - (item.mid - item.low) * (1 - np.sqrt(np.minimum(1.0, 2 * share)))
    above = item.mid + (item.high - item.mid) * (1 - np.sqrt(np.minimum(1.0, 2 * (1 - share))))
    return np.where(share < 0.5, below, above)


def _shares(strata: int, key: tuple[int, int, int]) -> Floats:
    stream = np.random.default_rng(key)
    return (stream.permutation(strata) + stream.random(strata)) / strata
