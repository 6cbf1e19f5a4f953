"""Settings of lighttpd in both roles, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from topology import sizing
from topology.components.base import Memory, Placed, Settings, Sizer, Sizing
from topology.demands import guess

WORKER_MIB = guess(1, 4, 20, "1 MiB (PSS) a process was measured here; buffers grow with connections")


class LighttpdSettings(Settings):
    """Settings of the roles lighttpd and lighttpd_media."""

    workers: Annotated[int, Field(ge=1, le=512)] | None = None
    """Processes; by default one a core, since each computes on one."""
    max_connections: Annotated[int, Field(ge=64, le=300_000)] | None = None
    """Client connections of one process; by default ten for each slot of the application, at least 1,024."""
    file_seconds: Annotated[int, Field(ge=0, le=31_536_000)] | None = None
    """How long a browser may keep a static or media file without asking again; an hour by default."""


def size_of(placed: Placed, *, slots: int) -> Sizing:
    """Processes, connections and timeouts; `slots` of the applications behind, 0 where there are none."""
    sizer = Sizer(placed.written)
    limits, cores = placed.cluster.limits, placed.host.type.cores
    workers = sizer.set("workers", cores, "one a core: a process computes on one", cores=cores)
    connections = sizer.set(
        "max_connections",
        max(1024, math.ceil(10 * slots / workers)),
        "10 clients for each slot of the application / processes, at least 1,024",
        slots=slots,
        workers=workers,
    )
    sizer.set("max_fds", 3 * connections, "3 × max_connections: a client, an application, a file or an upload")
    sizer.set("upload_mib", limits.upload_mib, "the largest upload, the same at every hop")
    sizer.set("file_seconds", 3600, "an hour; longer once file names carry a hash")
    _set_times(sizer, placed)
    return sizer.done()


def _set_times(sizer: Sizer, placed: Placed) -> None:
    limit, failover = placed.cluster.limits.request_seconds, placed.cluster.limits.failover_seconds
    chain = sizing.timeouts(limit)
    if placed.cluster.hosts_offering("balancer"):
        sizer.set("keepalive", chain.idle_inner, "above the balancer's, which must close first")
    else:
        sizer.set("keepalive", chain.idle_edge, "long enough for the files of one page")
    sizer.set("connect_timeout", chain.connect, "inside a private network a connection opens in milliseconds")
    sizer.set("read_timeout", chain.proxy, "above the application's own limit, so that its error arrives")
    short = "a dead application gets one request in this time; were all away for a moment, all would be refused for it"
    sizer.set("disable_time", min(2, failover), short, failover_seconds=failover)
    sizer.set("graceful", chain.graceful, "what a stop leaves the requests in work", request_seconds=limit)
    sizer.set("stop_seconds", chain.stop, "above what a stop leaves the requests in work", graceful=chain.graceful)


def memory_of(sized: Sizing) -> Memory:
    """Memory of the processes."""
    return Memory(parts={"processes": WORKER_MIB.scaled(sized["workers"])})
