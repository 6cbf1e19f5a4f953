"""All programs of a server together leave the kernel a tenth of its memory.

Most guides size a program as if it were alone. Here the expected use of everything on a server, the system's own
among it, is added up; above nine tenths there is no room for the cache of files, and above the whole the server swaps
or the kernel kills something.

Use a server with more memory, fewer workers, or move a role to another server.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology import sizing
from topology.capacity import memory_on
from topology.checks.base import Check, Finding, Sight


class MemoryFits(Check):
    """Expected memory of each host against nine tenths of what it has."""

    title = "All programs of a server fit into nine tenths of its memory"
    rules = ("R16",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each server that is too small, and advice where only the worst case is too much."""
        for host in sight.design.hosts:
            use = memory_on(sight.cluster, host.name)
            room = use.total * sizing.USABLE_SHARE
            if use.used > room:
                yield self.finding(
                    host.name,
                    f"its programs take {use.used:.0f} MiB, and nine tenths of {use.total:.0f} MiB are {room:.0f}.",
                    "Use a server with more memory, fewer workers, or move a role to another server.",
                )


CHECK = MemoryFits()
