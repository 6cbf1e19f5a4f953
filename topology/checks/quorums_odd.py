"""Those who decide by majority are three or more, an odd number, each on a server of its own.

Two are worse than one: either of them missing stops both. An even number stands no more losses than one less. Several
on one server are lost together.

Take one member more, or one less, and put each on another server.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of

LEAST = 3


class QuorumsOdd(Check):
    """The members of each quorum."""

    title = "A quorum has an odd number of members, at least three, on servers of their own"
    rules = ("R32",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each member whose file names a quorum that cannot do its work."""
        for placed, reading in sight.readings():
            members = reading.quorum
            if not members:
                continue
            hosts = {sight.host_at(placed, member) or member for member in members}
            if len(members) < LEAST or len(members) % 2 == 0:
                yield self.finding(
                    place_of(placed),
                    f"the quorum has {len(members)} members: {', '.join(members)}.",
                    "Have an odd number of members, at least three.",
                )
            if len(hosts) < len(members):
                yield self.finding(
                    f"{place_of(placed)} servers",
                    f"the {len(members)} members of the quorum are on {len(hosts)} servers.",
                    "Put each member on a server of its own.",
                )


CHECK = QuorumsOdd()
