"""A cache server takes a connection of every worker and thread of every application server.

Django keeps a connection to each cache server for every thread. Where the server takes fewer, memcached lets the rest
wait and Redis refuses them: the site slows down or fails just when all workers are busy.

Raise the cache's limit of connections.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of


class CacheTakesClients(Check):
    """Clients of a cache against what it takes."""

    title = "A cache has room for every client"
    rules = ("R7",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each cache server that is too small."""
        for server in sight.offering("cache"):
            accepts = sight.reading(server).accepts
            asked = sight.opened_to(tuple(sight.clients(server, "cache")))
            if accepts is not None and asked > accepts:
                yield self.finding(
                    place_of(server),
                    f"the applications may open {asked} connections, and it takes {accepts}.",
                    f"Raise its limit to at least {asked}.",
                )


CHECK = CacheTakesClients()
