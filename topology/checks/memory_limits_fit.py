"""The memory that systemd lets the units of a server take fits into the server, and each unit into its own.

MemoryMax is what a unit may take before the kernel kills one of its processes. Limits whose sum is above the server's
memory protect nobody; a limit below what the program is expected to take kills it on a busy day.

Lower the limits to nine tenths of the memory together, and leave each program what it is expected to take.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology import sizing
from topology.checks.base import Check, Finding, Sight, place_of


class MemoryLimitsFit(Check):
    """MemoryMax of units against the host and against the program's own use."""

    title = "Limits of memory fit into the server and leave room for the program"
    rules = ("R17",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """The sum for each server, then each unit."""
        for host in sight.design.hosts:
            limits = [(p, m) for p in sight.cluster.by_host[host.name] if (m := sight.reading(p).memory_max_mib)]
            total, room = sum(limit for _, limit in limits), host.type.ram_mib * sizing.USABLE_SHARE
            if total > room:
                yield self.finding(
                    host.name,
                    f"its units may take {total} MiB, and nine tenths of its memory are {room:.0f} MiB.",
                    "Lower MemoryMax of the units.",
                )
            for placed, limit in limits:
                expected = placed.component.memory(placed).mid
                if limit < expected:
                    yield self.finding(
                        place_of(placed),
                        f"it is expected to take {expected:.0f} MiB, and systemd lets it have {limit}.",
                        "Raise MemoryMax, or use fewer workers.",
                    )


CHECK = MemoryLimitsFit()
