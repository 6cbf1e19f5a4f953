"""An idle connection is closed by the side that opened it.

Where the inner server closes it first, the outer one sends the next request into a connection that is just being
closed, and answers 502: rarely, at random, and mostly at night when connections idle. So keep-alive runs the other way
than the other timeouts: the inner idle timeout is above the outer's.

Raise the inner server's keep-alive above the outer's, or keep no idle connections to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, between, seconds


class KeepaliveInnerLonger(Check):
    """Idle connections along every hop of a request."""

    title = "The inner side keeps idle connections longer than the outer"
    rules = ("R11",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each hop where the inner side closes first."""
        for edge, client, server in sight.edges():
            keeps, idle = sight.reading(client).keeps_seconds, sight.reading(server).idle_seconds
            if edge.endpoint.carries and keeps and idle and idle <= keeps:
                yield self.finding(
                    between(client, server),
                    f"an idle connection is kept {seconds(keeps)} outside and closed after {seconds(idle)} inside.",
                    f"Raise the inner side's idle timeout above {seconds(keeps)}.",
                )


CHECK = KeepaliveInnerLonger()
