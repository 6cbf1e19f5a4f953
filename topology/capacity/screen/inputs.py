"""Brings what a screen is given to arrays of one shape, and refuses what no topology can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from topology.capacity.screen.outcome import Reals
from topology.errors import Place, TierwrightError

RANDOM, ROUND_ROBIN, LEAST_CONNECTIONS = 0, 1, 2
"""How a balancer spreads requests over the equal hosts of a tier."""
LONGEST = 3600.0
"""Seconds at which every response time ends, and which a saturated candidate is given, unless the caller says less."""
MOST = 100_000
"""Hosts of a tier, cores of a host, slots or connections: more is taken for a slip."""
MOST_CORES, MOST_SLOTS = 256, 1024
"""Cores and slots of one host that the model of worker slots takes."""

Counts = NDArray[np.int64]


def reals(name: str, value: ArrayLike, shape: tuple[int, ...], *, most: float = 1e12) -> Reals:
    """`value` as numbers from 0 to `most`, spread over `shape` (a column for one per candidate).

    Raises TierwrightError where there is another number, or where the shape does not fit.
    """
    found: Reals = _spread(name, np.asarray(value, dtype=np.float64), shape)
    if not bool(np.all((found >= 0) & (found <= most))):
        raise TierwrightError(f"must be a number from 0 to {most:g} for every candidate", place=Place(path=name))
    return np.ascontiguousarray(found)


def counts(name: str, value: ArrayLike, shape: tuple[int, ...], *, least: int = 1, most: int = MOST) -> Counts:
    """`value` as whole numbers from `least` to `most`, spread over `shape`; raises TierwrightError like `reals`."""
    given = np.asarray(value)
    whole = given.astype(np.int64, copy=False) if np.all(np.isfinite(given)) and np.all(np.abs(given) < 1e15) else None
    if whole is None or not bool(np.all(whole == given) and np.all((whole >= least) & (whole <= most))):
        raise TierwrightError(
            f"must be a whole number from {least} to {most} for every candidate", place=Place(path=name)
        )
    return np.ascontiguousarray(_spread(name, whole, shape))


def shape_of(arrays: Sequence[ArrayLike], *, depth: int) -> tuple[int, ...]:
    """The shape in which all of them fit: (n,) at depth 1, (n, k) at depth 2, where (k,) is the same for each."""
    try:
        shape = np.broadcast_shapes(*(np.shape(array) for array in arrays))
    except ValueError:
        raise TierwrightError(f"these shapes do not fit: {[np.shape(array) for array in arrays]}") from None
    return (1,) * (depth - len(shape)) + tuple(shape)


def _spread(name: str, found: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    try:
        return np.broadcast_to(found, shape)
    except ValueError:
        raise TierwrightError(f"has the shape {found.shape} where {shape} is needed", place=Place(path=name)) from None
