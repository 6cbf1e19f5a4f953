"""A balancer takes as many connections as it may pass on, and may open two files for each.

Every request in work holds a connection to the client and one to a server. Where the sum of the servers' limits is
above the balancer's own, the last servers never fill; where it may not open enough files, it stops accepting.

Raise the balancer's own limit of connections, and its limit of open files to twice that and some.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of


class BalancerRoom(Check):
    """The sum of limits of its servers, and its open files, against what it takes."""

    title = "A balancer takes what it may pass on, and has files for it"
    rules = ("R5",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Connections and open files of everything that passes requests on."""
        for placed, reading in sight.readings():
            if reading.accepts is None or not any(t.service in ("web", "app") for t in reading.targets):
                continue
            rooms = sum(target.room or 0 for target in reading.targets)
            if rooms > reading.accepts:
                yield self.finding(
                    place_of(placed),
                    f"its servers may be given {rooms} requests at once, and it takes {reading.accepts}.",
                    "Raise its own limit of connections.",
                )
            wanted = 2 * reading.accepts + len(reading.listens)
            if reading.open_files is not None and reading.open_files < wanted:
                yield self.finding(
                    f"{place_of(placed)} open files",
                    f"{reading.accepts} connections take {wanted} files, and it may open {reading.open_files}.",
                    f"Raise its limit of open files to {wanted}.",
                )


CHECK = BalancerRoom()
