"""Settings of uWSGI, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology import sizing
from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.components.serving import Listen, listens
from topology.demands import guess
from topology.fields import Port

PROCESS_MIB = guess(
    11, 80, 250, "11 MiB (PSS) a process measured here for a tiny site, shared with the master; a real one imports more"
)
MASTER_MIB = guess(10, 25, 60, "the master has loaded the site too, and shares most of it with its processes")
LARGEST_HEAD = 65_535
"""The most that the protocol has room for: nginx takes heads of 4 × 8 kB, and sends an address of 8 kB three times."""
NEIGHBOURS = ("sql", "sql_replica", "cache", "nfs")
"""Services that need memory of their own on the same server."""


class UwsgiSettings(Settings):
    """Settings of the role uwsgi."""

    processes: Annotated[int, Field(ge=1, le=512)] | None = None
    """Processes of each site; by default 2 × cores + 1, shared by the sites, as far as memory goes."""
    threads: Annotated[int, Field(ge=1, le=64)] | None = None
    """Threads of each process; with 1, harakiri ends a request that takes too long and no other one with it."""
    max_requests: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    """Requests after which a process starts anew, against leaks of memory; 0 is never."""
    listen: Annotated[int, Field(ge=16, le=4096)] | None = None
    """Requests that may wait to be accepted; uWSGI does not start where it is above the kernel's somaxconn."""
    buffer_size: Annotated[int, Field(ge=4096, le=65_535)] | None = None
    """Bytes of a request's head, cookies and address included; above it the request is refused."""
    port: Port | None = None
    """TCP port of the first site, where the web servers are on other hosts; the next sites take the next ones."""


def size(placed: Placed) -> Sizing:
    """Processes, threads, slots and timeouts of one server."""
    sizer = Sizer(placed.written)
    cores, sites = placed.host.type.cores, len(placed.cluster.sites)
    share, ram = memory_share(placed), placed.host.type.ram_mib
    processes = sizer.set(
        "processes",
        sizing.app_workers(cores=cores, sites=sites, budget_mib=ram * share, worker_mib=PROCESS_MIB.high),
        "min((2 × cores + 1) / sites, memory share × RAM / (sites × MiB of a large process)), at least 1",
        cores=cores,
        sites=sites,
        ram_mib=ram,
        memory_share=share,
        process_mib=PROCESS_MIB.high,
    )
    threads = sizer.set(
        "threads", 1, "harakiri ends a whole process: with more threads, requests that did nothing wrong end too"
    )
    _set_limits(sizer, placed, slots=processes * threads)
    return sizer.done()


def _set_limits(sizer: Sizer, placed: Placed, *, slots: int) -> None:
    limit = placed.cluster.limits.request_seconds
    chain = sizing.timeouts(limit)
    sizer.set("slots", slots, "processes × threads: requests of one site that are in work at once")
    sizer.set("max_requests", 0, "no leak is assumed until one is seen")
    sizer.set("listen", 511, "requests that wait for a free process; below Linux's somaxconn of 4096")
    sizer.set("buffer_size", LARGEST_HEAD, "heads of 4 × 8 kB, as nginx takes them, with the address three times")
    sizer.set("port", 3031, "the port of uWSGI's own examples")
    sizer.set("harakiri", chain.request, "time that one request may take", request_seconds=limit)
    sizer.set("graceful", chain.graceful, "not below the time that one request may take", request_seconds=limit)
    sizer.set("stop_seconds", chain.stop, "above the mercy of a stop", graceful=chain.graceful)


def memory_share(placed: Placed) -> float:
    """Share of the server's memory for processes: half beside a database or cache, else three quarters."""
    beside = {host.name for host in placed.cluster.hosts_offering(*NEIGHBOURS)}
    return 0.5 if placed.host.name in beside else 0.75


def listening_of(placed: Placed) -> tuple[Listen, ...]:
    """Every site with its socket, or None and its port."""
    return listens(placed, socket="uwsgi.sock", port=size(placed)["port"])
