"""A queue of connections that wait to be accepted is not longer than the kernel lets it be.

A program asks for a backlog; the kernel cuts it down to net.core.somaxconn without a word. The connections that find
no place are then dropped in a burst, and the client waits for a second before it tries again.

Raise net.core.somaxconn on this host, or ask for a shorter backlog.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of

SOMAXCONN = "net.core.somaxconn"
KERNEL_DEFAULT = 4096
"""Since Linux 5.4 (ip-sysctl.rst); Debian 12 has 6.1, Ubuntu 24.04 has 6.8."""


class BacklogFitsKernel(Check):
    """Backlogs against the kernel's limit."""

    title = "A backlog is not above net.core.somaxconn"
    rules = ("R6",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each listener whose backlog is cut."""
        for placed, reading in sight.readings():
            longest = max((listening.backlog or 0 for listening in reading.listens), default=0)
            limit = self._limit(sight, placed.host.name)
            if longest > limit:
                yield self.finding(
                    place_of(placed),
                    f"it asks for a backlog of {longest}, and the kernel gives {limit}.",
                    f"Set {SOMAXCONN} to {longest} on this host, or ask for a shorter backlog.",
                )

    def _limit(self, sight: Sight, host: str) -> int:
        said = [r.kernel[SOMAXCONN] for p in sight.cluster.by_host[host] if SOMAXCONN in (r := sight.reading(p)).kernel]
        return said[-1] if said else KERNEL_DEFAULT


CHECK = BacklogFitsKernel()
