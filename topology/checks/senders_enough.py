"""A primary can feed all its replicas, a backup, and one more.

Each replica and each running backup takes a WAL sender of the primary; a replica that comes back before its old
connection is given up needs another. Without a free one it stays behind until somebody looks.

Raise max_wal_senders and max_replication_slots on the primary, and on its replicas.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of
from topology.components import Placed


class SendersEnough(Check):
    """Senders of a primary against its followers."""

    title = "A primary can feed its replicas, a backup and one more"
    rules = ("R9",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each primary with too few."""
        for primary in sight.offering("sql"):
            senders = sight.reading(primary).senders
            replicas, backups = self._followers(sight, primary), self._backups(sight, primary)
            wanted = replicas + backups + 1
            if senders is not None and wanted > 1 and senders < wanted:
                yield self.finding(
                    place_of(primary),
                    f"{replicas} replicas, {backups} backups and one to spare need {wanted} senders; there are"
                    f" {senders}.",
                    f"Set max_wal_senders to at least {wanted} on the primary and on its replicas.",
                )

    def _followers(self, sight: Sight, primary: Placed) -> int:
        return sum(reading.follows == primary.host.address for _, reading in sight.readings())

    def _backups(self, sight: Sight, primary: Placed) -> int:
        return sum(
            primary.host.address in reading.backs_up
            or ("local" in reading.backs_up and placed.host.name == primary.host.name)
            for placed, reading in sight.readings()
        )


CHECK = SendersEnough()
