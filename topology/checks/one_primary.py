"""Each database has one primary, and every replica copies that one.

Two servers that take writes soon hold two different sites. A replica that copies a server which is no database, or one
of another cluster, is found out on the day when it has to take over.

Let every replica follow the primary of the plan, and have one primary.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of
from topology.components import NOTHING, Placed


class OnePrimary(Check):
    """Who follows whom, among the databases of one kind."""

    title = "Every replica copies the one primary"
    rules = ("R27",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Replicas that follow nobody or somebody else, and primaries that follow."""
        primaries = sight.offering("sql")
        for placed in sight.offering("sql_replica"):
            reading = sight.reading(placed)
            copies = any(True for _ in sight.servers(placed, "sql"))  # another program may fill it, as Slony does
            if placed in primaries or not copies or reading == NOTHING:
                continue
            wanted = [one for one in primaries if one.component is placed.component] or list(primaries)
            if reading.follows is None:
                yield self._finding(placed, "it follows nobody, and would take writes as a second primary", wanted)
            elif sight.host_at(placed, reading.follows) not in [one.host.name for one in wanted]:
                yield self._finding(placed, f"it copies {reading.follows}", wanted)
        for placed in primaries:
            followed = sight.reading(placed).follows
            if followed is not None:
                says = f"it is the primary of the plan, and its file follows {followed}."
                yield self.finding(place_of(placed), says, "Let it follow nobody.")

    def _finding(self, placed: Placed, says: str, wanted: list[Placed]) -> Finding:
        named = ", ".join(f"{one.host.name} ({one.host.address})" for one in wanted) or "nobody"
        return self.finding(
            place_of(placed), f"{says}; the primary of the plan is {named}.", "Let it follow the primary."
        )


CHECK = OnePrimary()
