"""The application has as many processes as the forecast counts with, and at least one for each core.

The forecast lets no more requests compute at once than there are processes. A file that says something else makes
another site than the one that was forecast; fewer processes than cores leave cores idle, since Python's threads take
turns.

Write the number of workers into the plan, so that forecast and file follow it together.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of
from topology.components import Placed


class WorkersAsForecast(Check):
    """Processes in the files against those of the forecast, and against cores."""

    title = "Workers match the forecast and the cores"
    rules = ("R18",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Each application by itself."""
        for placed in sight.offering("app"):
            workers, counted = sight.reading(placed).workers, self._counted(sight, placed)
            if workers is None:
                continue
            if counted and workers != counted:
                yield self.finding(
                    place_of(placed),
                    f"its files start {workers} processes, and the forecast counts with {counted}.",
                    "Write the number of workers into the plan.",
                )
            if workers < placed.host.type.cores and placed.host not in sight.cluster.hosts_offering("sql"):
                yield self.finding(
                    f"{place_of(placed)} cores",
                    f"{workers} processes leave some of {placed.host.type.cores} cores idle.",
                    "Use more workers, or a smaller server.",
                    level="advice",
                )

    def _counted(self, sight: Sight, placed: Placed) -> int:
        ends = [e for e in sight.cluster.endpoints_of(placed) if e.processes]
        return sum(end.processes or 0 for end in ends)


CHECK = WorkersAsForecast()
