"""Django lets go of a connection before the pool or the database closes it.

Django keeps a connection for CONN_MAX_AGE seconds after its last request. Where the other side closes it earlier, the
next request finds it dead, and pays for a new one or fails.

Set CONN_MAX_AGE below the idle limit of the pool or the database.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of, seconds, site_place


class ConnectionsOutliveDjango(Check):
    """CONN_MAX_AGE against idle limits."""

    title = "CONN_MAX_AGE is below the idle limit of pool and database"
    rules = ("R37",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each site and server that closes first."""
        for site, facts, placed in sight.settings():
            servers = {
                server.key: server
                for app in sight.cluster.by_host[placed.host.name]
                for _, server in sight.servers(app, "pool", "sql")
            }
            for server in servers.values():
                idle = sight.reading(server).idle_seconds
                if idle and facts.conn_max_age is not None and facts.conn_max_age >= idle:
                    yield self.finding(
                        f"{site_place(site)} {place_of(server)}",
                        f"Django keeps a connection {seconds(facts.conn_max_age)}, and it is closed after"
                        f" {seconds(idle)}.",
                        f"Set CONN_MAX_AGE below {seconds(idle)}.",
                    )


CHECK = ConnectionsOutliveDjango()
