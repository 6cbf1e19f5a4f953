"""A pool takes every connection that the applications may open to it, also those of a pool server that is lost.

Each application goes on to the next pool where its own is gone, so each must have room for all of them, and may hold
as many files open as it then has clients and connections to the database.

Raise max_client_conn, and LimitNOFILE of the pool's unit with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of


class PoolTakesClients(Check):
    """Clients of a pool against what it takes."""

    title = "A pool has room for every client, with another pool lost"
    rules = ("R3",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Clients and open files of each pool."""
        for server in sight.offering("pool"):
            reading = sight.reading(server)
            if reading.accepts is None:
                continue
            asked = sight.opened_to(tuple(sight.clients(server, "pool")))
            if asked > reading.accepts:
                yield self.finding(
                    place_of(server),
                    f"the applications may open {asked} connections, and it takes {reading.accepts}.",
                    "Raise max_client_conn, or use fewer workers.",
                )
            wanted = reading.accepts + sum(reading.opens.values())
            if reading.open_files is not None and reading.open_files < wanted:
                yield self.finding(
                    f"{place_of(server)} open files",
                    f"it may hold {wanted} connections and no more than {reading.open_files} open files.",
                    f"Set LimitNOFILE of its unit to at least {wanted}.",
                )


CHECK = PoolTakesClients()
