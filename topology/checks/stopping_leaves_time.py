"""A program that stops lets its requests end, and systemd waits for that.

A deployment stops every application server once. The time that it leaves its requests is not below what one request
may take, systemd kills it only after that, and what stands before it drains no faster.

Raise graceful_timeout to the time of a request, and TimeoutStopSec above it.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, between, place_of, seconds
from topology.components import DYNAMIC


class StoppingLeavesTime(Check):
    """Graceful ends, and the kill after them."""

    title = "A stopping program lets its requests end"
    rules = ("R12",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Each program by itself, then those before it."""
        for placed, reading in sight.readings():
            limit, graceful, stop = reading.request_seconds, reading.graceful_seconds, reading.stop_seconds
            if limit is not None and graceful is not None and graceful < limit:
                yield self.finding(
                    place_of(placed),
                    f"a request may take {seconds(limit)}, and a stop leaves it {seconds(graceful)}.",
                    f"Leave it at least {seconds(limit)}.",
                )
            least = graceful if graceful is not None else limit
            if least is not None and stop is not None and stop <= least:
                yield self.finding(
                    f"{place_of(placed)} stop",
                    f"it takes up to {seconds(least)} to stop, and systemd kills it after {seconds(stop)}.",
                    f"Set TimeoutStopSec above {seconds(least)}.",
                )
        yield from self._drains(sight)

    def _drains(self, sight: Sight) -> Iterator[Finding]:
        for edge, client, server in sight.edges():
            outer, inner = sight.reading(client).graceful_seconds, sight.reading(server).request_seconds
            if edge.endpoint.carries & DYNAMIC and outer is not None and inner is not None and outer < inner:
                yield self.finding(
                    between(client, server),
                    f"it stops after {seconds(outer)}, and a request behind it may take {seconds(inner)}.",
                    f"Let it drain for at least {seconds(inner)}.",
                )


CHECK = StoppingLeavesTime()
