"""Without a pool, every worker and thread of every application server may hold a connection of its own.

Processes, threads and sites multiply, and each server that is added brings as many again. Where the sum is above what
the database takes, some requests end in an error as soon as all are busy.

Put a pool between them, use fewer workers or threads, or raise max_connections.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of


class ConnectionsFitDatabase(Check):
    """Sum of direct connections against max_connections, where there is no pool."""

    title = "All workers together fit into the database's connections"
    rules = ("R2",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each database server that is too small."""
        for server in sight.offering("sql", "sql_replica"):
            reading = sight.reading(server)
            clients = tuple(sight.clients(server, "sql", "sql_replica"))
            if reading.accepts is None or any(sight.offers(client, "pool") for _, client in clients):
                continue
            asked, room = sight.opened_to(clients), reading.accepts - reading.reserved
            if asked > room:
                yield self.finding(
                    place_of(server),
                    f"{len(clients)} clients may open {asked} connections, and {reading.accepts} less"
                    f" {reading.reserved} reserved are {room}.",
                    "Put a pool before the database, use fewer workers, or raise max_connections.",
                )


CHECK = ConnectionsFitDatabase()
