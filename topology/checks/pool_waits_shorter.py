"""Waiting for a connection of the pool ends before the request does.

Where the pool lets a query wait longer than the application lets the request last, the worker is killed while it
waits, and the log speaks of a timeout instead of a full pool.

Set query_wait_timeout below the time that a request may take.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, between, seconds


class PoolWaitsShorter(Check):
    """The pool's wait against the request's time."""

    title = "The pool's wait is shorter than a request"
    rules = ("R14",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each application and pool."""
        for _, client, server in sight.edges("pool"):
            limit, wait = sight.reading(client).request_seconds, sight.reading(server).queue_seconds
            if limit is not None and wait is not None and wait >= limit:
                yield self.finding(
                    between(client, server),
                    f"a query may wait {seconds(wait)} for a connection, and its request lasts {seconds(limit)}.",
                    f"Set query_wait_timeout below {seconds(limit)}.",
                )


CHECK = PoolWaitsShorter()
