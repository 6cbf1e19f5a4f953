"""Settings of mod_wsgi, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from topology import sizing
from topology.components.apache.main import Workers, set_main
from topology.components.apache.python import memory_share
from topology.components.base import Memory, Placed, Settings, Sizer, Sizing
from topology.demands import guess

DAEMON_MIB = guess(40, 90, 250, "a daemon process with a site in it; a tiny site took about 40 MiB, a real one more")
FRONT_MIB = guess(4, 10, 25, "a process of the event MPM with 64 threads; buffers grow with traffic")
PARENT_MIB = guess(4, 8, 15, "the parent holds the configuration and answers nobody")
THREADS = 64


class ModWsgiSettings(Settings):
    """Settings of the role mod_wsgi."""

    processes: Annotated[int, Field(ge=1, le=512)] | None = None
    """Daemon processes of each site; by default 2 × cores + 1, shared by the sites, as far as memory goes."""
    threads: Annotated[int, Field(ge=1, le=64)] | None = None
    """Threads of each daemon process: one computes while another waits for the database."""
    maximum_requests: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    """Requests after which a daemon process starts anew, against leaks of memory; 0 is never."""
    file_seconds: Annotated[int, Field(ge=0, le=31_536_000)] | None = None
    """How long a browser may keep a static or media file without asking again; an hour by default."""


def size(placed: Placed) -> Sizing:
    """Daemon processes, Apache's own and timeouts of one server."""
    sizer = Sizer(placed.written)
    cores, ram, sites = placed.host.type.cores, placed.host.type.ram_mib, len(placed.cluster.sites)
    share = memory_share(placed)
    processes = sizer.set(
        "processes",
        sizing.app_workers(cores=cores, sites=sites, budget_mib=ram * share, worker_mib=DAEMON_MIB.high),
        "min((2 × cores + 1) / sites, memory share × RAM / (sites × MiB of a large process)), at least 1",
        cores=cores,
        sites=sites,
        ram_mib=ram,
        memory_share=share,
        process_mib=DAEMON_MIB.high,
    )
    threads = sizer.set(
        "threads", 2, "one computes while another waits for the database; a thread costs a fraction of a process"
    )
    sizer.set("slots", processes * threads, "processes × threads: requests of one site that are in work at once")
    _set_front(sizer, slots=processes * threads * sites)
    _set_times(sizer, placed)
    set_main(sizer, placed, keep_alive=True)
    return sizer.done()


def _set_front(sizer: Sizer, *, slots: int) -> None:
    """A thread of Apache is held while a daemon works: fewer threads than slots would leave Python idle."""
    sizer.set(
        "front_processes",
        max(2, math.ceil(2 * slots / THREADS)),
        "2 × slots of all sites / 64 threads, at least 2: a thread for each request in work, and as many that wait"
        " or fetch files",
        slots=slots,
    )
    sizer.set("file_seconds", 3600, "an hour; longer once file names carry a hash")
    sizer.set("maximum_requests", 0, "no leak is assumed until one is seen")


def _set_times(sizer: Sizer, placed: Placed) -> None:
    limit = placed.cluster.limits.request_seconds
    chain = sizing.timeouts(limit)
    sizer.set("request_timeout", chain.request, "time that one request may take", request_seconds=limit)
    sizer.set(
        "queue_timeout",
        chain.queue,
        "what a request may wait for a free thread: who has waited longer has gone, and the next one has not",
        request_seconds=limit,
    )
    sizer.set(
        "shutdown_timeout",
        chain.graceful,
        "what a daemon process that ends by itself leaves its requests",
        request_seconds=limit,
    )


def workers_of(sized: Sizing) -> Workers:
    """What the event MPM starts."""
    return Workers(processes=sized["front_processes"], threads=THREADS)


def memory_of(placed: Placed) -> Memory:
    """Apache's own processes and the daemons of every site."""
    sized = size(placed)
    parts = {"parent": PARENT_MIB, "front": FRONT_MIB.scaled(sized["front_processes"])}
    parts.update({f"daemons of {site.name}": DAEMON_MIB.scaled(sized["processes"]) for site in placed.cluster.sites})
    return Memory(parts=parts)
