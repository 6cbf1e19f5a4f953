"""Settings of memcached, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.fields import Port

ALONE, BESIDE = 0.8, 0.125
"""Share of the server's memory for the cache: alone on it, and beside other roles. Rules of thumb."""
LEAST_MIB = 64
OWN_MIB, OVERHEAD_SHARE, CONNECTION_MIB = 5, 0.01, 0.001
"""Measured with memcached 1.6.18: 4.7 MiB at the start, 6 MiB above a full cache of 64 MiB, 0.8 kB a connection."""


class MemcachedSettings(Settings):
    """Settings of the role memcached."""

    memory_mib: Annotated[int, Field(ge=16, le=4_000_000)] | None = None
    """Memory for cached values in MiB; by default four fifths of a server of its own, an eighth of a shared one."""
    port: Port | None = None
    """TCP port; 11211 by default."""
    max_item_mib: Annotated[int, Field(ge=1, le=128)] | None = None
    """Largest value in MiB; 1 by default."""


def size(placed: Placed) -> Sizing:
    """Memory, connections and threads of one server."""
    sizer = Sizer(placed.written)
    ram, cores = placed.host.type.ram_mib, placed.host.type.cores
    share = ALONE if len(placed.host.roles) == 1 else BESIDE
    sizer.set(
        "memory_mib",
        max(LEAST_MIB, int(ram * share)),
        "RAM × share, at least memcached's own 64 MiB; four fifths alone on a server, an eighth beside others (rules of"
        " thumb)",
        ram_mib=ram,
        share=share,
    )
    sizer.set("port", 11211, "memcached's own default")
    sizer.set("max_item_mib", 1, "memcached's own default")
    clients = placed.cluster.connections_to(placed.host.name, "cache")
    sizer.set(
        "connections",
        max(1024, 2 * clients),
        "2 × connections that the app servers may open, so that a rolling restart fits; at least memcached's own 1024",
        clients=clients,
    )
    sizer.set("threads", min(4, max(1, cores)), "memcached's own 4, not above the cores", cores=cores)
    return sizer.done()
