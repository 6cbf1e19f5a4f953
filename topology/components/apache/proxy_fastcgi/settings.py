"""Settings of Apache before FastCGI, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology import sizing as rules
from topology.components.apache.main import Workers, set_main
from topology.components.base import Memory, Placed, Settings, Sizer, Sizing
from topology.components.fronting import app_slots
from topology.demands import guess

PROCESS_MIB = guess(4, 12, 40, "a process of the event MPM with 64 to 512 threads; buffers grow with traffic")
PARENT_MIB = guess(3, 6, 12, "the parent holds the configuration and answers nobody")


class ProxyFastcgiSettings(Settings):
    """Settings of the role apache_fastcgi."""

    threads: Annotated[int, Field(ge=16, le=4096)] | None = None
    """Threads of its one process; each holds a request that is passed on, or sends a file."""
    file_seconds: Annotated[int, Field(ge=0, le=31_536_000)] | None = None
    """How long a browser may keep a static or media file without asking again; an hour by default."""


def size(placed: Placed) -> Sizing:
    """Threads, connections to the applications and timeouts of one server."""
    sizer = Sizer(placed.written)
    slots, limits = app_slots(placed) or 0, placed.cluster.limits
    sizer.set(
        "threads",
        min(512, max(64, rules.rounded_up(4 * slots, 64))),
        "4 × slots of the applications in steps of 64: as many wait as are in work, and files are sent; 64 to 512",
        slots=slots,
    )
    sizer.set("file_seconds", 3600, "an hour; longer once file names carry a hash")
    chain = rules.timeouts(limits.request_seconds)
    sizer.set("connect_seconds", chain.connect, "inside a private network a connection opens in milliseconds")
    sizer.set("proxy_seconds", chain.proxy, "above the application's own limit, so that its error arrives")
    sizer.set("queue_seconds", chain.queue, "what a request may wait for a free process of the application")
    failover = limits.failover_seconds
    sizer.set("retry_seconds", failover, "a dead application gets one request in this time", failover_seconds=failover)
    set_main(sizer, placed, keep_alive=True)
    return sizer.done()


def workers_of(sized: Sizing) -> Workers:
    """One process: a limit of connections to an application holds for a process, and so for the server."""
    return Workers(processes=1, threads=sized["threads"])


def memory_of(placed: Placed) -> Memory:
    """The parent and its process."""
    return Memory(parts={"parent": PARENT_MIB, "process": PROCESS_MIB})
