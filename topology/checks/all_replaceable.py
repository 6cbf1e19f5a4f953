"""Every server can be made anew from the repository, the bundle and the backups alone.

A server that was tended by hand for years cannot be replaced on the night it dies, and cannot be multiplied on the day
the traffic doubles.

Put what was changed by hand into the repository or the plan, and try it: make one server anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, site_place


class AllReplaceable(Check):
    """Whether a server can be made anew, as people say."""

    title = "Every server can be made anew"
    level = "warning"

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each site."""
        for site in sight.design.sites:
            said = sight.says(site).replaceable
            fix = "Put what was changed by hand into the repository or the plan, and make one server anew to try it."
            if said is None:
                says = "nobody said whether a server can be made anew."
                yield self.unknown(site_place(site), says, "Say it on the page of checks.")
            elif not said:
                says = "a web server cannot be made anew from the repository and the bundle."
                yield self.finding(site_place(site), says, fix)


CHECK = AllReplaceable()
