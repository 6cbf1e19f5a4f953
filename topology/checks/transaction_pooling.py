"""Where a pool hands a connection to somebody else after each transaction, Django keeps nothing on it.

Server-side cursors and prepared statements live on one connection; the next query may get another and fails. PgBouncer
knows prepared statements since 1.21, and Debian 12 has 1.18. Django's own pool beside it wants CONN_MAX_AGE 0.

Set DISABLE_SERVER_SIDE_CURSORS, leave server_side_binding off, or pool by session.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, site_place
from topology.components import DjangoFacts, Placed
from topology.design import Site

PREPARES_SINCE = (1, 21)
"""Of PgBouncer: release notes of 1.21.0, max_prepared_statements."""


class TransactionPooling(Check):
    """Django's settings against the mode of its pool."""

    title = "Django keeps nothing on a connection that a pool hands on"
    rules = ("R36",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Cursors, prepared statements and Django's own pool."""
        for site, facts, placed in sight.settings():
            if facts.own_pool and facts.conn_max_age != 0:
                yield self.finding(
                    site_place(site),
                    f"Django's own pool is on, and CONN_MAX_AGE is {facts.conn_max_age}: Django refuses to start.",
                    "Set CONN_MAX_AGE to 0, or leave the pool to its own program.",
                )
            pool = self._pool(sight, placed)
            if pool is not None:
                yield from self._pooled(sight, site, facts, pool)

    def _pool(self, sight: Sight, settings: Placed) -> Placed | None:
        """The pool in transaction or statement mode that the site's application asks."""
        for app in sight.cluster.by_host[settings.host.name]:
            for _, server in sight.servers(app, "pool"):
                if sight.reading(server).pool_mode in ("transaction", "statement"):
                    return server
        return None

    def _pooled(self, sight: Sight, site: Site, facts: DjangoFacts, pool: Placed) -> Iterator[Finding]:
        mode = sight.reading(pool).pool_mode
        if not facts.pooled_cursors_off:
            yield self.finding(
                site_place(site),
                f"the pool hands connections on after each {mode}, and server-side cursors are not disabled.",
                "Set DISABLE_SERVER_SIDE_CURSORS to True.",
            )
        prepared = facts.prepared_statements or sight.says(site).prepared_statements
        if _prepares(pool) or prepared is False:
            return
        if prepared:
            yield self.finding(
                site_place(site),
                f"statements are prepared, and this pool hands connections on after each {mode} without them.",
                "Leave server_side_binding off, or pool by session.",
            )
        elif sight.says(site).prepared_statements is None:
            yield self.unknown(
                site_place(site),
                "nobody said whether prepared statements are on; this pool does not keep them.",
                "Say it on the page of checks: server_side_binding in the site's DATABASES.",
            )


def _prepares(pool: Placed) -> bool:
    version = pool.component.packages.get(pool.cluster.design.system, "")
    found = re.match(r"(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= PREPARES_SINCE


CHECK = TransactionPooling()
