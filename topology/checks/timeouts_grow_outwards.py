"""Whoever is nearer to the data gives up first.

The database ends a statement before the application gives up the request, the application before the web server, the
web server before the balancer. So an error comes from where the fault is, and nobody works on an answer for which
nobody waits any more. Opening a connection takes milliseconds, so its limit is far below all of these; what waits at
a balancer for a free slot gives up before it would have waited for an answer.

Set each limit above the one inside it, a few seconds apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, between, place_of, seconds
from topology.components import DYNAMIC, Placed


class TimeoutsGrowOutwards(Check):
    """The chain of timeouts."""

    title = "Timeouts grow from the data outwards"
    rules = ("R10",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Statements, then every hop of a request, then what is spent on connecting and queueing."""
        yield from self._statements(sight)
        for edge, client, server in sight.edges():
            if edge.endpoint.carries & DYNAMIC:
                yield from self._hop(sight, client, server)
        for placed, _ in sight.readings():
            yield from self._own(sight, placed)

    def _statements(self, sight: Sight) -> Iterator[Finding]:
        for app in sight.offering("app"):
            limit = sight.reading(app).request_seconds
            for database in sight.databases_of(app) if limit else ():
                statement = sight.reading(database).statement_seconds
                if statement and limit and statement >= limit:
                    yield self.finding(
                        between(app, database),
                        f"a statement may take {seconds(statement)} and the whole request {seconds(limit)}.",
                        "Set statement_timeout below the time that a request may take.",
                    )

    def _hop(self, sight: Sight, client: Placed, server: Placed) -> Iterator[Finding]:
        waits, inner = sight.reading(client).read_seconds, sight.reading(server)
        limit = max(inner.request_seconds or 0, inner.read_seconds or 0)
        if waits is not None and limit and waits <= limit:
            yield self.finding(
                between(client, server),
                f"it waits {seconds(waits)} for an answer, and the other side works on it for {seconds(limit)}.",
                f"Let it wait longer than {seconds(limit)}.",
            )

    def _own(self, sight: Sight, placed: Placed) -> Iterator[Finding]:
        reading = sight.reading(placed)
        waits = reading.read_seconds
        if waits is None:
            return
        if reading.connect_seconds is not None and reading.connect_seconds > waits / 3:
            yield self.finding(
                f"{place_of(placed)} connect",
                f"opening a connection may take {seconds(reading.connect_seconds)} of {seconds(waits)} for an answer.",
                "Inside one network a connection opens in milliseconds: allow a second or two.",
            )
        if reading.queue_seconds is not None and reading.queue_seconds > waits:
            yield self.finding(
                f"{place_of(placed)} queue",
                f"a request may wait {seconds(reading.queue_seconds)} for a slot and {seconds(waits)} for its answer.",
                "Let it wait for a slot no longer than for an answer.",
            )


CHECK = TimeoutsGrowOutwards()
