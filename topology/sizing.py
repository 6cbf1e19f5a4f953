"""Formulas that several components share: timeouts, health checks, workers, connections and memory from few facts."""

from __future__ import annotations

import math
from dataclasses import dataclass

HEALTH_PATH = "-/health"
"""Path, below a site's own, that answers whether the site can answer; the application server has it, not the site."""


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """The chain of timeouts, in seconds: inside it gives up first, so that the error comes from where the fault is.

    Idle connections run the other way: whoever opens a connection lets go of it before the other side closes it,
    or a request would meet a closing connection.
    """

    connect: int
    """Opening a connection inside the private network."""
    statement: int
    """One database statement."""
    pool_wait: int
    """Waiting for a connection of the pool."""
    request: int
    """One request in the application."""
    proxy: int
    """What the web server waits for the application."""
    balancer: int
    """What the balancer waits for the web server."""
    queue: int
    """What a request may wait at the balancer for a free slot."""
    graceful: int
    """What a stopping application leaves its requests to end."""
    stop: int
    """After which a stopping program is killed."""
    idle_edge: int
    """Idle client connection at whatever the public reaches."""
    idle_inner: int
    """Idle connection at a web server behind a balancer."""


def timeouts(request_seconds: int) -> Timeouts:
    """The chain that follows from the time T that one request may take; steps of T/6, at least a second."""
    step = max(1, request_seconds // 6)
    return Timeouts(
        connect=1,
        statement=max(1, request_seconds - step),
        pool_wait=max(1, request_seconds // 2),
        request=request_seconds,
        proxy=request_seconds + step,
        balancer=request_seconds + 2 * step,
        queue=max(1, request_seconds // 3),
        graceful=request_seconds,
        stop=request_seconds + 2 * step,
        idle_edge=15,
        idle_inner=30,
    )


@dataclass(frozen=True, kw_only=True)
class Health:
    """How often a server is asked whether it is well, in seconds."""

    interval: int
    timeout: int
    fall: int
    """Failed checks in a row after which it is out."""
    rise: int
    """Good checks in a row after which it is back."""

    @property
    def detection_seconds(self) -> int:
        """The longest time from a death to the last failed check."""
        return self.interval * self.fall + self.timeout


def health(failover_seconds: int) -> Health:
    """Checks that find a dead server within `failover_seconds`: fall x interval + timeout is not above it."""
    fall, timeout = (3, 2) if failover_seconds >= 5 else (1, 1)
    return Health(interval=max(1, (failover_seconds - timeout) // (fall + 1)), timeout=timeout, fall=fall, rise=2)


def app_workers(*, cores: int, sites: int, budget_mib: float, worker_mib: float) -> int:
    """Worker processes of each site: 2 x cores + 1 shared by the sites, as many as the memory holds, at least 1."""
    wanted = math.ceil((2 * cores + 1) / sites)
    return max(1, min(wanted, int(budget_mib / (sites * worker_mib))))


USABLE_SHARE = 0.9
"""Share of a host's memory that its programs may take together; the rest is the kernel's. A rule of thumb."""


def busy_connections(cores: int, spindles: int = 1) -> int:
    """Connections that keep a database server busy: 2 x cores + spindles.

    Source: PostgreSQL wiki, "Number Of Database Connections"; one spindle stands for one solid-state disk.
    """
    return 2 * cores + spindles


def pool_size(connections: int, *, poolers: int, pools: int) -> int:
    """Connections of one pool where `poolers` servers with `pools` pools each share `connections`; at least 2."""
    return max(2, math.ceil(connections / (poolers * pools)))


def rounded_up(number: int, step: int) -> int:
    """The next multiple of `step`: a small change of what it follows from then changes nothing."""
    return -(-number // step) * step


def shared_buffers_mib(memory_mib: float) -> int:
    """PostgreSQL's own cache in MiB: a quarter of its memory, at least its default of 128 MiB.

    Source: PostgreSQL 15 manual, section 20.4.1, "a reasonable starting value".
    """
    return max(128, int(memory_mib / 4))


def effective_cache_mib(memory_mib: float) -> int:
    """What PostgreSQL's planner may take for cached, in MiB: three quarters of its memory. Source: PGTune."""
    return max(128, int(memory_mib * 3 / 4))


def work_mem_kib(memory_mib: float, *, shared_mib: int, connections: int) -> int:
    """Memory of one sort or hash in KiB: a third of what is left for each connection. Source: PGTune.

    From 1 to 64 MiB; both bounds are rules of thumb.
    """
    each = max(0.0, memory_mib - shared_mib) * 1024 / (3 * max(1, connections))
    return int(min(64 * 1024, max(1024, each)))


def maintenance_mem_mib(memory_mib: float) -> int:
    """Memory of a vacuum or an index build in MiB: a sixteenth, from the default 64 to 2048. Source: PGTune."""
    return int(min(2048, max(64, memory_mib / 16)))


def page_table_mib(shared_mib: float) -> float:
    """Page table of a process that has touched a whole shared segment: 8 bytes for each page of 4 KiB."""
    return shared_mib * 8 / 4096
