"""What must happen once in a cluster happens on one server.

A scheduler, a cron job or a migration that is set up on every application server runs as often as there are servers:
mails go out twice, and two migrations lock each other.

Run it on one server: give one server alone the role, or one line of cron.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, site_place
from topology.design import Site


class OneLeader(Check):
    """Leaders in the files, and what people say of jobs by the clock."""

    title = "What may run once in a cluster runs on one server"
    rules = ("R42",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Leaders that stand twice, then what was said."""
        places: dict[str, list[str]] = {}
        for placed, reading in sight.readings():
            for what in reading.leads:
                places.setdefault(what, []).append(placed.host.name)
        for what, hosts in sorted(places.items()):
            if len(hosts) > 1:
                says = f"{what} runs on {', '.join(hosts[:5])}, and each does the whole work."
                yield self.finding(f"{what}", says, f"Leave {what} to one server.")
        for site in sight.design.sites:
            yield from self._said(sight, site, places)

    def _said(self, sight: Sight, site: Site, places: dict[str, list[str]]) -> Iterator[Finding]:
        said = sight.says(site).scheduled
        where = f"{site_place(site)} scheduled"
        if said == "beat" and not any(what.startswith("beat") for what in places):
            says = "jobs are started by Celery's beat, and no server of the plan runs it."
            yield self.finding(where, says, "Give one server the role of the beat.", level="warning")
        elif said == "cron" and sight.app_servers > 1:
            says = f"jobs are started by cron, and {sight.app_servers} servers could each do so."
            fix = "Keep the crontab on one server only, and write down on which."
            yield self.finding(where, says, fix, level="warning")
        elif said is None and sight.app_servers > 1:
            says = "nobody said how jobs are started by the clock; with several servers each must start once."
            yield self.unknown(where, says, "Say it on the page of checks.")


CHECK = OneLeader()
