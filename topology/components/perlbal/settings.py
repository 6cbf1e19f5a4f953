"""Settings of Perlbal, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology import sizing
from topology.components.base import Memory, Placed, Settings, Sizer, Sizing
from topology.demands import guess
from topology.value import Estimate

OWN_MIB = guess(20, 30, 60, "27 MiB (PSS) were measured here with two web servers behind it")
CONNECTION_MIB = 0.05
"""A guess: a Perl object and its buffers for each client that is connected; up to 256 kB where a client is slow."""


class PerlbalSettings(Settings):
    """Settings of the role perlbal."""

    maxconn: Annotated[int, Field(ge=100, le=200_000)] | None = None
    """Client connections for which it gets open files; 2,000 by default."""
    persist_client: bool | None = None
    """Whether a browser's connection is kept for its next request; on by default."""
    persist_backend: bool | None = None
    """Whether connections to web servers are kept; off by default, since a web server closes them by its own clock."""
    connect_ahead: Annotated[int, Field(ge=0, le=100)] | None = None
    """Connections opened before they are needed; of use only where persist_backend is on."""
    verify_backend: bool | None = None
    """Whether a web server is asked OPTIONS before it gets a request; for servers with few processes, which must answer
    requests without a Host header and keep connections."""
    verify_backend_path: Annotated[str, Field(pattern=r"^(\*|/[A-Za-z0-9._~/-]{0,80})$")] | None = None
    """Path of that question; by default the site's health path."""


def size(placed: Placed) -> Sizing:
    """Connections and timeouts of one balancer."""
    sizer = Sizer(placed.written)
    limits = placed.cluster.limits
    chain = sizing.timeouts(limits.request_seconds)
    sizer.set("maxconn", 2000, "a rule of thumb: idle and slow clients hold a connection too")
    sizer.set("persist_client", True, "the files of one page come over one connection")
    sizer.set("persist_backend", False, "Perlbal keeps them for ever, and a request would meet one that is closing")
    sizer.set("connect_ahead", 0, "a connection in a private network opens in a millisecond")
    sizer.set("verify_backend", False, "it asks without a Host header, to which nginx gives no answer")
    sizer.set("verify_backend_path", f"/{sizing.HEALTH_PATH}", "answered by the application server, not by the site")
    sizer.set("upload_mib", limits.upload_mib, "the largest upload, the same at every hop")
    above = "above what the web server waits, so that its answer, or its error, still arrives"
    sizer.set("idle_timeout", chain.balancer, above, web_server_waits=chain.proxy)
    sizer.set("keepalive", chain.idle_edge, "below the web server's, so that this side closes first")
    sizer.set("stop_seconds", chain.stop, "above the time in which an application ends its requests")
    return sizer.done()


def memory_of(placed: Placed) -> Memory:
    """Memory of one balancer."""
    held = size(placed)["maxconn"] * CONNECTION_MIB
    clients = Estimate(low=held * 0.1, mid=held * 0.3, high=held, basis="guess", source="connections that are held")
    return Memory(parts={"connections": clients, "perlbal": OWN_MIB})
