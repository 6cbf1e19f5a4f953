"""Worker slots that are held over database calls through a pool, over n candidates."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from topology.capacity.screen.inputs import (
    LEAST_CONNECTIONS,
    LONGEST,
    MOST,
    MOST_CORES,
    MOST_SLOTS,
    RANDOM,
    Counts,
    counts,
    reals,
    shape_of,
)  # fmt: skip
from topology.capacity.screen.margins import POOLS, widened
from topology.capacity.screen.open_network import figures_of
from topology.capacity.screen.outcome import PoolScreen, Reals

Spread = Literal["own", "exponential"]
ENDLESS = 10**12
"""A backlog that is never full."""


def worker_and_pool(
    rate: ArrayLike,
    *,
    hosts: ArrayLike,
    cores: ArrayLike,
    workers: ArrayLike,
    cpu_seconds: ArrayLike,
    calls: ArrayLike,
    connections: ArrayLike,
    database_cores: ArrayLike,
    database_seconds: ArrayLike,
    backlog: ArrayLike = 2048,
    background: ArrayLike = 0.0,
    database_background: ArrayLike = 0.0,
    policy: ArrayLike = RANDOM,
    front_hosts: ArrayLike | None = None,
    front_cores: ArrayLike = 1,
    front_seconds: ArrayLike = 0.0,
    spread: Spread = "own",
    longest: float = LONGEST,
) -> PoolScreen:
    """Response times, waits and refusals of n candidates whose workers are held from accepting to answering.

    Each array is (n,), or a number for all. `rate`: dynamic requests a second of the whole site, over `hosts` by the
    `policy` of the balancer. A host has `cores` (up to 256), `workers` (up to 1024), a `backlog` of requests that may
    wait for one, and `connections` to the database. A request takes `cpu_seconds` in all on its host, between its
    `calls` to the database, which take `database_seconds` in all on one of `database_cores`; while it waits for a
    connection or for the database it keeps its worker. `background`, `database_background`: utilisation by others.
    Tiers in front (f of them, arrays (n, f) or (f,)) keep no worker: `front_hosts`, `front_cores`, `front_seconds`.
    `spread`: "own", where a dear request is dear in every slice of its work, or "exponential", each slice for itself.

    Inside, n requests at one host are a closed network of the cores and of the database, of which the other hosts are
    an open stream (mixed product form); outside, they are a birth-death chain with the throughputs of that network.
    Percentiles are those that quantiles.py tells from mean and variance, of "exponential" also from the third moment.
    Raises TierwrightError.
    """
    whole = {
        "hosts": (hosts, 1, MOST), "cores": (cores, 1, MOST_CORES), "workers": (workers, 1, MOST_SLOTS),
        "calls": (calls, 0, MOST), "connections": (connections, 1, MOST),
        "database_cores": (database_cores, 1, MOST_CORES), "policy": (policy, RANDOM, LEAST_CONNECTIONS),
    }  # fmt: skip
    real = {
        "rate": rate, "cpu_seconds": cpu_seconds, "database_seconds": database_seconds, "backlog": backlog,
        "background": background, "database_background": database_background,
    }  # fmt: skip
    n = shape_of((*(value for value, _, _ in whole.values()), *real.values()), depth=1)[0]
    f = shape_of((front_hosts, front_cores, front_seconds), depth=2)[1] if front_hosts is not None else 0
    tiers = {"front_hosts": 1 if front_hosts is None else front_hosts, "front_cores": front_cores}
    return _screen(
        np.stack([counts(name, value, (n,), least=a, most=b) for name, (value, a, b) in whole.items()], axis=1),
        np.stack([reals(name, value, (n,)) for name, value in real.items()], axis=1),
        np.stack([counts(name, value, (n, f)) for name, value in tiers.items()], axis=2),
        reals("front_seconds", front_seconds, (n, f)),
        spread,
        longest,
    )


def _screen(
    whole: Counts, real: Reals, front: Counts, front_seconds: Reals, spread: Spread, longest: float
) -> PoolScreen:
    from topology.capacity.screen import pool_kernel, quantiles  # numba takes a while to load

    n = whole.shape[0]
    said, front_utilisation = np.empty((n, 7)), np.empty(front_seconds.shape)
    saturated, figures = np.empty(n, dtype=np.bool_), np.empty((n, 3, 4))
    pool_kernel.fill(
        whole,
        real,
        front,
        front_seconds,
        pool_kernel.OWN if spread == "own" else pool_kernel.EXPONENTIAL,
        float(longest),
        quantiles.table(),
        np.zeros((14, MOST_SLOTS + MOST_CORES + 8)),
        said,
        front_utilisation,
        saturated,
        figures,
    )
    low, found, high = (figures_of(figures[:, end]) for end in (2, 1, 0))
    load = said[:, pool_kernel.LOAD]
    low, high = widened(low, high, load, POOLS, longest)
    return PoolScreen(
        mean=found.mean,
        p50=found.p50,
        p95=found.p95,
        p99=found.p99,
        utilisation=said[:, pool_kernel.UTILISATION],
        database_utilisation=said[:, pool_kernel.DATABASE_UTILISATION],
        front_utilisation=front_utilisation,
        load=load,
        busy_slots=said[:, pool_kernel.BUSY],
        wait=said[:, pool_kernel.WAITED],
        wait_probability=said[:, pool_kernel.WAITED_SHARE],
        refused=said[:, pool_kernel.TURNED_AWAY],
        saturated=saturated,
        low=low,
        high=high,
    )
