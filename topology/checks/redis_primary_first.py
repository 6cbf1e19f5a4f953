"""Where Django uses Redis with a replica, the primary is the first of the list.

Django writes to the first server of LOCATION and reads from any. With a replica in the first place every write is
refused, and what an application takes for a full cache is an error on each page.

Write the primary first, the replicas after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from topology.checks.base import Check, Finding, Sight, place_of
from topology.components import Placed


class RedisPrimaryFirst(Check):
    """The first server of a Redis cache must follow nobody."""

    title = "Django's first Redis server is the primary"
    rules = ("R25",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each site on each server that writes to a replica."""
        for placed, facts in sight.django():
            if "redis" not in facts.cache_backend.lower() or not facts.cache_servers:
                continue
            first = facts.cache_servers[0]
            host = sight.host_at(placed, urlsplit(first).hostname or "")
            followed = next((sight.reading(role).follows for role in self._caches(sight, host)), None)
            if followed:
                yield self.finding(
                    f"{place_of(placed)} site {facts.site}",
                    f"it writes to {first}, which is a replica of {followed}.",
                    "Write the primary as the first of LOCATION.",
                )

    def _caches(self, sight: Sight, host: str | None) -> Iterator[Placed]:
        return (role for role in sight.offering("cache") if role.host.name == host)


CHECK = RedisPrimaryFirst()
