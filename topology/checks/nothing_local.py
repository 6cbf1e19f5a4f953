"""Code keeps nothing on its own server that must last.

Reports, search indexes, lock files and counters on a local disk are seen by one of several application servers, and are
lost when a server is replaced. This is what "shared nothing" asks of the code itself.

Move them to the database, the cache servers, MEDIA_ROOT or a store of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, site_place


class NothingLocal(Check):
    """Local files of the code, as people say."""

    title = "Code keeps no files of its own on a server"

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Nothing while there is one application server."""
        for site in sight.design.sites if sight.app_servers > 1 else ():
            said = sight.says(site).local_files
            fix = "Move them to the database, the cache servers or MEDIA_ROOT."
            if said:
                says = f"code keeps files on its own server, and there are {sight.app_servers} application servers."
                yield self.finding(site_place(site), says, fix)
            elif said is None:
                says = "nobody said whether code keeps files on its own server."
                yield self.unknown(site_place(site), says, "Say it on the page of checks.", level="warning")


CHECK = NothingLocal()
