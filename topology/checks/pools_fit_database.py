"""The pools of all servers together stay below what the database takes.

Each pool may open its size and its reserve for every database and user, and every pool server does so; jobs that go
past the pool come on top. Where the sum is above max_connections less the places reserved for administrators, the
database refuses connections exactly when there is most to do.

Make the pools smaller, or raise max_connections where the database has the memory for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of


class PoolsFitDatabase(Check):
    """Sum of pools against max_connections, where there is a pool."""

    title = "All pools together fit into the database's connections"
    rules = ("R1",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each database server that is too small."""
        for server in sight.offering("sql", "sql_replica"):
            reading = sight.reading(server)
            clients = tuple(sight.clients(server, "sql", "sql_replica"))
            if reading.accepts is None or not any(sight.offers(client, "pool") for _, client in clients):
                continue
            asked, room = sight.opened_to(clients), reading.accepts - reading.reserved
            if asked > room:
                yield self.finding(
                    place_of(server),
                    f"pools and direct clients may open {asked} connections, and {reading.accepts} less"
                    f" {reading.reserved} reserved are {room}.",
                    "Make the pools smaller, or raise max_connections.",
                )


CHECK = PoolsFitDatabase()
