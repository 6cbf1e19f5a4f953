"""Settings of HAProxy, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology import sizing
from topology.components.balancing import media_of, web_of
from topology.components.base import Memory, Placed, Settings, Sizer, Sizing
from topology.demands import guess
from topology.value import Estimate

BUFFERS_MIB = 0.034
"""Two buffers of 16 kB (tune.bufsize) and the session itself, for each connection that is held."""
OWN_MIB = guess(15, 30, 80, "HAProxy's own memory before the first connection")


class HaproxySettings(Settings):
    """Settings of the role haproxy."""

    maxconn: Annotated[int, Field(ge=100, le=200_000)] | None = None
    """Client connections held at once; by default ten for each slot of the web servers, at least 2,000."""
    queue_slots: Annotated[int, Field(ge=0, le=10_000)] | None = None
    """Requests beyond its slots that a web server is given; 0 by default, so that they wait at the balancer."""
    health_path: Annotated[str, Field(pattern=r"^/[A-Za-z0-9._~/-]{0,80}$")] | None = None
    """Path, below each site's own, that web servers are asked for; by default one that the site need not know."""


def size(placed: Placed) -> Sizing:
    """Connections, health checks and timeouts of one balancer."""
    sizer = Sizer(placed.written)
    limits = placed.cluster.limits
    extra = sizer.set("queue_slots", 0, "requests wait at the balancer, where they are seen and can go elsewhere")
    web, media = web_of(placed, extra), media_of(placed)
    slots = sum(server.room.slots * server.servers for server in web if server.room)
    sizer.set(
        "maxconn",
        max(2000, 10 * slots),
        "10 × slots of all web servers (idle and slow clients hold a connection too), at least 2,000",
        slots=slots,
    )
    sizer.set("health_path", f"/{sizing.HEALTH_PATH}", "answered by the application server, not by the site's code")
    sizer.set("upload_mib", limits.upload_mib, "the largest upload, the same at every hop")
    _set_times(sizer, limits.request_seconds, limits.failover_seconds)
    sizer.set("servers", sum(server.servers for server in (*web, *media)), "web and media servers of the plan")
    return sizer.done()


def _set_times(sizer: Sizer, request_seconds: int, failover_seconds: int) -> None:
    chain, health = sizing.timeouts(request_seconds), sizing.health(failover_seconds)
    above = "above what the web server waits, so that its answer, or its error, still arrives"
    sizer.set("stop_seconds", chain.stop, "above the time in which an application ends its requests")
    sizer.set("timeout_server", chain.balancer, above, web_server_waits=chain.proxy)
    sizer.set("timeout_connect", chain.connect, "inside a private network a connection opens in milliseconds")
    sizer.set("timeout_queue", chain.queue, "a third of the time that one request may take", request=request_seconds)
    sizer.set("timeout_client", chain.balancer, "as timeout_server: a client that neither sends nor reads is let go")
    sizer.set("timeout_keepalive", chain.idle_edge, "below the web server's, so that this side closes first")
    sizer.set("timeout_request", 10, "a client has this long to send the head of its request")
    checks = "(failover - timeout) / (fall + 1)"
    sizer.set("check_seconds", health.interval, checks, failover_seconds=failover_seconds, fall=health.fall)
    sizer.set("check_timeout", health.timeout, "within the time in which a dead server must be out")
    sizer.set("fall", health.fall, "one lost answer is no death")
    sizer.set("rise", health.rise, "one good answer is no recovery")


def memory_of(placed: Placed) -> Memory:
    """Memory of one balancer."""
    held = size(placed)["maxconn"] * BUFFERS_MIB
    buffers = Estimate(low=held * 0.1, mid=held * 0.3, high=held, basis="guess", source="connections that are held")
    return Memory(parts={"connections": buffers, "haproxy": OWN_MIB})
