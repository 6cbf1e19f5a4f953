"""Django answers every public name of its site.

A name that is missing from ALLOWED_HOSTS gets a bare 400 from Django, however well DNS and web servers know it. A star
lets any name in, and a forged Host header then gets into links that the site mails out.

Write every domain of the site into ALLOWED_HOSTS, and no star.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, site_place


class AllowedHosts(Check):
    """ALLOWED_HOSTS against the domains of the plan."""

    title = "ALLOWED_HOSTS names every domain of the site"
    rules = ("R33",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each site whose settings leave a domain out."""
        for site, facts, placed in sight.settings():
            missing = [domain for domain in site.domains if not _allows(facts.allowed_hosts, domain)]
            if missing:
                yield self.finding(
                    site_place(site),
                    f"the settings on {placed.host.name} do not allow {', '.join(missing)}.",
                    "Add every domain of the site to ALLOWED_HOSTS.",
                )
            elif "*" in facts.allowed_hosts:
                yield self.finding(
                    site_place(site),
                    f"the settings on {placed.host.name} allow every name.",
                    "Name the site's domains in place of the star.",
                    level="warning",
                )


def _allows(patterns: tuple[str, ...], domain: str) -> bool:
    """As Django matches: a leading dot is the domain and everything below it."""
    return any(p in ("*", domain) or (p[:1] == "." and f".{domain}".endswith(p)) for p in patterns)


CHECK = AllowedHosts()
