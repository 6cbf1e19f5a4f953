"""The open network over n candidates: tiers of shared cores, each request once through every tier."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from topology.capacity.screen.inputs import LONGEST, RANDOM, counts, reals, shape_of
from topology.capacity.screen.margins import OPEN, widened
from topology.capacity.screen.outcome import Figures, OpenScreen, Reals

CHUNK = 65_536
"""Candidates that are spread over their tiers at a time, so that memory stays that of input and output."""


def open_tiers(
    rate: ArrayLike,
    *,
    hosts: ArrayLike,
    cores: ArrayLike,
    seconds: ArrayLike,
    background: ArrayLike = 0.0,
    policy: ArrayLike = RANDOM,
    longest: float = LONGEST,
) -> OpenScreen:
    """Response times of n candidates with k tiers, in seconds.

    `rate` (n,): dynamic requests a second of the whole site. The rest is (n, k), or what spreads to it, such as (k,)
    for all candidates alike: `hosts` of a tier, `cores` of a host, CPU `seconds` of a mean request at a tier (all its
    visits to one host of the tier together, the host's speed taken into account), `background` utilisation of the tier
    by other classes at this rate, and `policy` of the balancer before the tier: RANDOM, ROUND_ROBIN or
    LEAST_CONNECTIONS.

    Each host is M/M/c under processor sharing: for a random split the mean is exact (BCMP 1975), whatever the
    distribution of the work. Percentiles are those that quantiles.py tells from mean and variance, all visits
    to a tier taken as one. Other policies lie between ends that are given with them. A saturated candidate is
    flagged and has the response `longest`. Raises TierwrightError for what no topology can be.
    """
    tiers = shape_of((hosts, cores, seconds, background, policy), depth=2)
    rates = shape_of((rate, np.empty(tiers[0])), depth=1)
    n, k = rates[0], tiers[1]
    given = (
        reals("rate", rate, (n,)),
        *(np.broadcast_to(np.asarray(array), (n, k)) for array in (hosts, cores, seconds, background, policy)),
    )
    utilisation, saturated, figures = np.empty((n, k)), np.empty(n, dtype=np.bool_), np.empty((n, 3, 4))
    for start in range(0, n, CHUNK):
        part = slice(start, start + CHUNK)
        _fill([array[part] for array in given], longest, utilisation[part], saturated[part], figures[part])
    low, found, high = (figures_of(figures[:, end]) for end in (2, 1, 0))
    low, high = widened(low, high, utilisation.max(axis=1, initial=0.0), OPEN, longest)
    return OpenScreen(
        mean=found.mean,
        p50=found.p50,
        p95=found.p95,
        p99=found.p99,
        utilisation=utilisation,
        saturated=saturated,
        low=low,
        high=high,
    )


def figures_of(columns: Reals) -> Figures:
    """Mean, p50, p95 and p99 from an array of four columns."""
    return Figures(mean=columns[:, 0], p50=columns[:, 1], p95=columns[:, 2], p99=columns[:, 3])


def _fill(
    given: list[NDArray[np.generic]],
    longest: float,
    utilisation: Reals,
    saturated: NDArray[np.bool_],
    figures: Reals,
) -> None:
    from topology.capacity.screen import open_kernel, quantiles  # numba takes a while to load

    rate, hosts, cores, seconds, background, policy = given
    shape = utilisation.shape
    open_kernel.fill(
        np.ascontiguousarray(rate, dtype=np.float64),
        counts("hosts", hosts, shape),
        counts("cores", cores, shape),
        reals("seconds", seconds, shape),
        reals("background", background, shape),
        counts("policy", policy, shape, least=0, most=2),
        float(longest),
        quantiles.table(),
        utilisation,
        saturated,
        figures,
    )
