"""Settings of gunicorn, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology import sizing
from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.components.serving import Listen, listens
from topology.demands import guess
from topology.fields import Port

WORKER_MIB = guess(44, 90, 250, "44 MiB (PSS) a worker were measured for a tiny site; a real one imports more")
MASTER_MIB = guess(15, 25, 40, "the master process imports gunicorn but not the site")
NEIGHBOURS = ("sql", "sql_replica", "cache", "nfs")
"""Services that need memory of their own on the same server."""


class GunicornSettings(Settings):
    """Settings of the role gunicorn."""

    workers: Annotated[int, Field(ge=1, le=512)] | None = None
    """Worker processes of each site; by default 2 × cores + 1, shared by the sites, as far as memory goes."""
    threads: Annotated[int, Field(ge=1, le=64)] | None = None
    """Threads of each worker; with 1 the worker answers one request at a time and is cut off after the time limit."""
    max_requests: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    """Requests after which a worker starts anew, against leaks of memory; 0 is never."""
    port: Port | None = None
    """TCP port of the first site, where the web servers are on other hosts; the next sites take the next ones."""


def size(placed: Placed) -> Sizing:
    """Workers, threads, slots and timeouts of one server."""
    sizer = Sizer(placed.written)
    host, cluster = placed.host, placed.cluster
    share = memory_share(placed)
    workers = sizer.set(
        "workers",
        sizing.app_workers(
            cores=host.type.cores,
            sites=len(cluster.sites),
            budget_mib=host.type.ram_mib * share,
            worker_mib=WORKER_MIB.high,
        ),
        "min((2 × cores + 1) / sites, memory share × RAM / (sites × MiB of a large worker)), at least 1",
        cores=host.type.cores,
        sites=len(cluster.sites),
        ram_mib=host.type.ram_mib,
        memory_share=share,
        worker_mib=WORKER_MIB.high,
    )
    threads = sizer.set(
        "threads",
        2,
        "one computes while another waits for the database; a thread costs no more CPU than a worker's only one"
        " (1.17 and 1.13 ms measured), and a fraction of a worker's memory",
    )
    _set_limits(sizer, placed, slots=workers * threads)
    return sizer.done()


def _set_limits(sizer: Sizer, placed: Placed, *, slots: int) -> None:
    limit = placed.cluster.limits.request_seconds
    chain = sizing.timeouts(limit)
    sizer.set("slots", slots, "workers × threads: requests of one site that are in work at once")
    sizer.set("max_requests", 0, "no leak is assumed until one is seen")
    sizer.set("port", 8000, "gunicorn's own default")
    sizer.set("timeout", chain.request, "time that one request may take", request_seconds=limit)
    sizer.set("graceful_timeout", chain.graceful, "not below the time that one request may take", request_seconds=limit)
    sizer.set("stop_seconds", chain.stop, "above graceful_timeout", graceful_timeout=chain.graceful)


def memory_share(placed: Placed) -> float:
    """Share of the server's memory for workers: half beside a database or cache, else three quarters."""
    beside = {host.name for host in placed.cluster.hosts_offering(*NEIGHBOURS)}
    return 0.5 if placed.host.name in beside else 0.75


def listening_of(placed: Placed) -> tuple[Listen, ...]:
    """Every site with its socket, or None and its port."""
    return listens(placed, socket="gunicorn.sock", port=size(placed)["port"])
