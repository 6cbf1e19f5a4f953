"""Settings of nginx, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from topology import sizing
from topology.components.base import Memory, Placed, Settings, Sizer, Sizing
from topology.components.fronting import app_slots
from topology.demands import guess

WORKER_MIB = guess(3, 6, 20, "an nginx worker with a few hundred connections; buffers grow with them")


class NginxSettings(Settings):
    """Settings of the roles nginx and nginx_media."""

    worker_processes: Annotated[int, Field(ge=1, le=512)] | None = None
    """Worker processes; by default one a core."""
    worker_connections: Annotated[int, Field(ge=64, le=1_000_000)] | None = None
    """Connections of one worker, to clients and to the application together."""
    file_seconds: Annotated[int, Field(ge=0, le=31_536_000)] | None = None
    """How long a browser may keep a static or media file without asking again; an hour by default."""


def size(placed: Placed) -> Sizing:
    """Workers, connections and timeouts of one server."""
    sizer = Sizer(placed.written)
    limits, cores = placed.cluster.limits, placed.host.type.cores
    slots = app_slots(placed) or 0
    workers = sizer.set("worker_processes", cores, "one a core", cores=cores)
    connections = sizer.set(
        "worker_connections",
        max(1024, math.ceil(20 * slots / workers)),
        "(10 clients for each slot of the application, and as many connections to it) / workers, at least 1,024",
        slots=slots,
        workers=workers,
    )
    sizer.set("open_files", 2 * connections, "2 × worker_connections: a connection and the file that it is sent")
    sizer.set("upload_mib", limits.upload_mib, "the largest upload, the same at every hop")
    sizer.set("file_seconds", 3600, "an hour; longer once file names carry a hash")
    _set_times(sizer, placed)
    return sizer.done()


def _set_times(sizer: Sizer, placed: Placed) -> None:
    chain = sizing.timeouts(placed.cluster.limits.request_seconds)
    if placed.cluster.hosts_offering("balancer"):
        sizer.set("keepalive_timeout", chain.idle_inner, "above the balancer's, which must close first")
    else:
        sizer.set("keepalive_timeout", chain.idle_edge, "long enough for the files of one page")
    sizer.set("proxy_connect_timeout", chain.connect, "inside a private network a connection opens in milliseconds")
    health = sizing.health(placed.cluster.limits.failover_seconds)
    sizer.set("max_fails", health.fall, "one lost answer is no death")
    failover = placed.cluster.limits.failover_seconds
    sizer.set("fail_timeout", failover, "a dead application gets one request in this time", failover_seconds=failover)
    sizer.set("proxy_timeout", chain.proxy, "above the application's own limit, so that its error arrives")


def memory_of(placed: Placed) -> Memory:
    """Memory of the workers."""
    return Memory(parts={"workers": WORKER_MIB.scaled(size(placed)["worker_processes"])})
