"""Nothing in the site's settings or code takes for granted that something is on the same server.

A site that begins on one server names localhost for its database, its cache and its mail. As soon as one of them moves,
each such line is a fault that shows itself only where it is used.

Take addresses from the plan's settings, and name none in the code.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, site_place

STORES = ("sql", "pool", "cache", "nfs")


class NothingAssumedLocal(Check):
    """Local addresses in settings or code, as people say."""

    title = "Nothing names localhost for what may move"

    def look(self, sight: Sight) -> Iterator[Finding]:
        """An error where a store has moved already, a warning before."""
        moved = any(not e.local for app in sight.offering("app") for e, _ in sight.servers(app, *STORES))
        for site in sight.design.sites:
            said = sight.says(site).local_addresses
            fix = "Take addresses from the plan's settings, and name none in the code."
            if said:
                says = "settings or code name localhost for something that a plan may move"
                says += ", and this plan has moved it." if moved else "."
                yield self.finding(site_place(site), says, fix, level="error" if moved else "warning")
            elif said is None:
                says = "nobody said whether settings or code name localhost."
                yield self.unknown(site_place(site), says, "Say it on the page of checks.")


CHECK = NothingAssumedLocal()
