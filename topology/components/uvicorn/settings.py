"""Settings of uvicorn, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from topology import sizing
from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.components.serving import Listen, listens
from topology.demands import guess
from topology.fields import Port
from topology.value import Estimate

PROCESS_MIB = guess(35, 90, 250, "35 MiB (PSS) a process were measured here for a tiny site; a real one imports more")
MASTER_MIB = guess(10, 20, 40, "the process that watches the others imports uvicorn but not the site")
NEIGHBOURS = ("sql", "sql_replica", "cache", "nfs")
"""Services that need memory of their own on the same server."""
HANDING = Estimate(
    low=0.6,
    mid=0.85,
    high=1.1,
    basis="default",
    source="measured: a view without async took 2.48 ms under uvicorn 0.54 and 1.65 ms under gunicorn right after it",
)
"""CPU milliseconds by which a request costs more than under gunicorn: the event loop hands it to a thread and back."""


class UvicornSettings(Settings):
    """Settings of the role uvicorn."""

    processes: Annotated[int, Field(ge=1, le=512)] | None = None
    """Processes of each site; by default one a core, shared by the sites, as far as memory goes."""
    concurrency: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Requests that one process works on at once; what comes above that waits. Each may hold a connection to the
    database."""
    port: Port | None = None
    """TCP port of the first site, where the web servers are on other hosts; the next sites take the next ones."""


def size(placed: Placed) -> Sizing:
    """Processes, slots and timeouts of one server."""
    sizer = Sizer(placed.written)
    cores, sites = placed.host.type.cores, len(placed.cluster.sites)
    share, ram = memory_share(placed), placed.host.type.ram_mib
    fitting = int(ram * share / (sites * PROCESS_MIB.high))
    processes = sizer.set(
        "processes",
        max(1, min(math.ceil(cores / sites), fitting)),
        "min(cores / sites, memory share × RAM / (sites × MiB of a large process)), at least 1: an event loop keeps a"
        " core busy by itself",
        cores=cores,
        sites=sites,
        ram_mib=ram,
        memory_share=share,
        process_mib=PROCESS_MIB.high,
    )
    concurrency = sizer.set(
        "concurrency", 10, "a rule of thumb: one computes while nine wait; each may hold a connection to the database"
    )
    _set_limits(sizer, placed, slots=processes * concurrency)
    return sizer.done()


def _set_limits(sizer: Sizer, placed: Placed, *, slots: int) -> None:
    limit = placed.cluster.limits.request_seconds
    chain = sizing.timeouts(limit)
    sizer.set("slots", slots, "processes × concurrency: requests of one site that are in work at once")
    sizer.set("port", 8000, "uvicorn's own default")
    sizer.set("backlog", 2048, "uvicorn's own default, below Linux's somaxconn of 4096")
    sizer.set("request_seconds", chain.request, "until an answer has begun; a stream may then last", limit=limit)
    sizer.set("silence", chain.request, "a process that says nothing for so long is replaced", request_seconds=limit)
    sizer.set("graceful", chain.graceful, "not below the time that one request may take", request_seconds=limit)
    sizer.set("stop_seconds", chain.stop, "above what a stop leaves the requests in work", graceful=chain.graceful)


def memory_share(placed: Placed) -> float:
    """Share of the server's memory for processes: half beside a database or cache, else three quarters."""
    beside = {host.name for host in placed.cluster.hosts_offering(*NEIGHBOURS)}
    return 0.5 if placed.host.name in beside else 0.75


def listening_of(placed: Placed) -> tuple[Listen, ...]:
    """Every site with its socket, or None and its port."""
    return listens(placed, socket="uvicorn.sock", port=size(placed)["port"])
