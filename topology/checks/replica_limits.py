"""A replica has no smaller limits than its primary.

PostgreSQL's replica replays what the primary did with as many connections, workers, prepared transactions and locks;
with a smaller limit it refuses to start, or stops when the primary's is raised.

Raise these settings on the replica first, then on the primary.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, between


class ReplicaLimits(Check):
    """Limits of a replica against its primary's."""

    title = "A replica's limits are not below its primary's"
    rules = ("R8",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each replica, with every setting that is too small."""
        for placed, reading in sight.readings():
            if reading.follows is None:
                continue
            for primary in sight.at(reading.follows, "sql"):
                theirs = sight.reading(primary).replication
                small = {k: v for k, v in theirs.items() if reading.replication.get(k, v) < v}
                if small:
                    said = ", ".join(f"{key} {reading.replication[key]} below {value}" for key, value in small.items())
                    yield self.finding(
                        between(placed, primary), f"{said}.", "Raise it on the replica to the primary's value."
                    )


CHECK = ReplicaLimits()
