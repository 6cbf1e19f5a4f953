"""The site takes the settings that the plan writes for it.

The file tierwright_settings.py holds the addresses, limits and keys on which the other checks stand. A site whose own
settings do not end with it goes by other ones, which nobody checked.

End the site's settings with `from tierwright_settings import *`.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, site_place


class PlanSettingsTaken(Check):
    """Whether the site's settings end with the plan's, as people say."""

    title = "The site's settings end with those of the plan"
    level = "warning"

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each site."""
        for site in sight.design.sites:
            said = sight.says(site).takes_plan_settings
            fix = "End the site's settings with: from tierwright_settings import *"
            if said is None:
                yield self.unknown(site_place(site), "nobody said whether the site takes the plan's settings.", fix)
            elif not said:
                yield self.finding(site_place(site), "the site's own settings are in force, unchecked.", fix)


CHECK = PlanSettingsTaken()
