"""Settings of NFS, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.demands import guess

SERVER_MIB = guess(10, 20, 60, "the kernel's NFS threads and the daemons beside them")


class NfsSettings(Settings):
    """Settings of the roles nfs_server and nfs_client."""

    threads: Annotated[int, Field(ge=1, le=512)] | None = None
    """Threads of the server; by default four for each client, at least eight."""


def size(placed: Placed) -> Sizing:
    """Threads of the server."""
    sizer = Sizer(placed.written)
    clients = sum(edge.fan_in for edge in placed.cluster.edges_to(placed.host.name, "nfs"))
    sizer.set("threads", max(8, 4 * clients), "4 × clients, at least the kernel's own 8", clients=clients)
    return sizer.done()
