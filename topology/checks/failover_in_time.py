"""A dead server is out of the traffic within the time that the plan counts with.

A balancer finds it after its interval times the failed checks that it wants, and resolvers keep a name's addresses for
its time to live. Where either is longer than the failover that the forecast reckons with, more requests are lost than
it says.

Check more often, with fewer failures in a row, or shorten the time to live of the name.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of, seconds
from topology.components import Reading


class FailoverInTime(Check):
    """Detection and time to live against the failover that is reckoned with."""

    title = "A dead server is out of the traffic in time"
    rules = ("R13",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each that takes too long."""
        promised = sight.cluster.limits.failover_seconds
        for placed, reading in sight.readings():
            if reading.detects_seconds is not None and reading.detects_seconds > promised:
                yield self.finding(
                    place_of(placed),
                    f"a dead server is found after {seconds(reading.detects_seconds)}; {promised} s are reckoned with.",
                    "Check more often, or take a server out after fewer failures.",
                )
            if reading.ttl_seconds is not None and reading.ttl_seconds > promised and self._spreads(reading):
                yield self.finding(
                    f"{place_of(placed)} ttl",
                    f"names of several servers are kept for {seconds(reading.ttl_seconds)}; {promised} s are reckoned"
                    " with.",
                    "Shorten the time to live, or put a virtual address behind the name.",
                    level="warning",
                )

    def _spreads(self, reading: Reading) -> bool:
        """A name has several addresses, so that one of them may be that of a dead server."""
        names = [name for name, _ in reading.records]
        return len(names) > len(set(names))


CHECK = FailoverInTime()
