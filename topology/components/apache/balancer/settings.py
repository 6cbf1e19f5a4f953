"""Settings of Apache as a balancer, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology import sizing as rules
from topology.components.apache.main import Workers, set_main
from topology.components.balancing import media_of, web_of
from topology.components.base import Memory, Placed, Settings, Sizer, Sizing
from topology.demands import guess

THREAD_MIB = guess(0.02, 0.05, 0.3, "stack and buffers of a thread that holds a request")
OWN_MIB = guess(8, 20, 60, "the parent and the one process, before the first connection")


class BalancerSettings(Settings):
    """Settings of the role apache_balancer."""

    threads: Annotated[int, Field(ge=64, le=8192)] | None = None
    """Requests held at once, in work or waiting for a free web server; an idle connection holds no thread."""
    queue_slots: Annotated[int, Field(ge=0, le=10_000)] | None = None
    """Requests beyond its slots that a web server is given; 0 by default, so that they wait at the balancer."""
    health_path: Annotated[str, Field(pattern=r"^/[A-Za-z0-9._~/-]{0,80}$")] | None = None
    """Path, below the first site's own, that web servers are asked for; by default one that the site need not know."""


def size(placed: Placed) -> Sizing:
    """Threads, health checks and timeouts of one balancer."""
    sizer = Sizer(placed.written)
    extra = sizer.set("queue_slots", 0, "requests wait at the balancer, where they are seen and can go elsewhere")
    web, media = web_of(placed, extra), media_of(placed)
    slots = sum(server.room.slots * server.servers for server in web if server.room)
    sizer.set(
        "threads",
        min(8192, max(256, rules.rounded_up(4 * slots, 64))),
        "4 × slots of all web servers in steps of 64: what is in work, what waits, and slow clients; 256 to 8,192",
        slots=slots,
    )
    sizer.set("health_path", f"/{rules.HEALTH_PATH}", "answered by the application server, not by the site's code")
    _set_times(sizer, placed)
    sizer.set("servers", sum(server.servers for server in (*web, *media)), "web and media servers of the plan")
    set_main(sizer, placed, keep_alive=True)
    return sizer.done()


def _set_times(sizer: Sizer, placed: Placed) -> None:
    limits = placed.cluster.limits
    chain, health = rules.timeouts(limits.request_seconds), rules.health(limits.failover_seconds)
    above = "above what the web server waits, so that its answer, or its error, still arrives"
    sizer.set("server_seconds", chain.balancer, above, web_server_waits=chain.proxy)
    sizer.set("connect_seconds", chain.connect, "inside a private network a connection opens in milliseconds")
    sizer.set("queue_seconds", chain.queue, "a third of the time that one request may take")
    sizer.set("idle_seconds", chain.idle_edge, "below the web server's, so that this side closes an idle one first")
    checks = "(failover - timeout) / (fall + 1)"
    failover = limits.failover_seconds
    sizer.set("check_seconds", health.interval, checks, failover_seconds=failover, fall=health.fall)
    sizer.set("fall", health.fall, "one lost answer is no death")
    sizer.set("rise", health.rise, "one good answer is no recovery")
    sizer.set("retry_seconds", health.interval, "a server that refused a connection is tried again after a check")


def workers_of(sized: Sizing) -> Workers:
    """One process: a limit of connections to a server holds for a process, and so for the balancer."""
    return Workers(processes=1, threads=sized["threads"])


def memory_of(placed: Placed) -> Memory:
    """Memory of one balancer."""
    return Memory(parts={"apache": OWN_MIB, "threads": THREAD_MIB.scaled(size(placed)["threads"])})
