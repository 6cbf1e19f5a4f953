"""A balancer gives a server no more requests at once than its application works on.

What is above that would wait inside the server, where no balancer sees it: it would still choose this server while
another is idle. With the limit at the balancer the queue stands in front, is seen, and drains to whoever is free.

Lower the limit of each server at the balancer to processes times threads of its application.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, between
from topology.components import DYNAMIC, Placed


class QueuesInFront(Check):
    """Requests that a balancer gives one server, against its slots."""

    title = "Queues form at the balancer, not in the server"
    rules = ("R4",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each connection with too much room."""
        for edge, client, server in sight.edges("web", "app"):
            if not edge.endpoint.carries & DYNAMIC:
                continue
            rooms = [t.room for t in sight.targets(client, edge) if t.room is not None]
            slots = self._slots(sight, server)
            if rooms and slots is not None and max(rooms) > slots:
                yield self.finding(
                    between(client, server),
                    f"up to {max(rooms)} requests are passed on at once, and {slots} are worked on.",
                    f"Lower the limit of this server to {slots}.",
                )

    def _slots(self, sight: Sight, server: Placed) -> int | None:
        """Of the role itself, or of the applications behind it."""
        own = sight.reading(server).slots
        if own is not None and sight.offers(server, "app"):
            return own
        behind = {placed.key: sight.reading(placed).slots for _, placed in sight.servers(server, "app")}
        known = [slots for slots in behind.values() if slots is not None]
        return sum(known) if known and len(known) == len(behind) else own


CHECK = QueuesInFront()
