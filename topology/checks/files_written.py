"""Every role can write its files, and says the same when they are read back.

A role may stand in a design where it cannot do its work: a site's settings without a database, two servers that both
take writes. It then refuses to write its files and says why. A file that somebody changed may also say something that
cannot be read.

The fix is in the sentence of the role; for a file, write it anew from the bundle.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of


class FilesWritten(Check):
    """Roles that refuse."""

    title = "Every role can write its files"

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each reason: equal servers refuse with equal words."""
        told: set[str] = set()
        for refusal in sight.refusals:
            if refusal.says not in told:
                told.add(refusal.says)
                yield self.finding(place_of(refusal.placed), refusal.says, "Change the plan as this sentence says.")


CHECK = FilesWritten()
