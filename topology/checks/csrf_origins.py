"""Django believes forms that come from its site's own https addresses, and from no others.

Where TLS ends before Django, a form arrives by http with an https origin; unless Django is told, every POST gets a
403. An origin that is not the site's may send forms in the name of its visitors.

Set CSRF_TRUSTED_ORIGINS to the https addresses of the site's domains.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, site_place
from topology.components import DjangoFacts
from topology.design import Site


class CsrfOrigins(Check):
    """CSRF_TRUSTED_ORIGINS against the site's https addresses."""

    title = "CSRF_TRUSTED_ORIGINS are the site's own https addresses"
    rules = ("R34",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Foreign origins, and those that are missing."""
        encrypted = any(reading.terminates_tls for _, reading in sight.readings())
        for site, facts, placed in sight.settings():
            problem = self._problem(site, facts, encrypted)
            if problem:
                yield self.finding(
                    site_place(site),
                    f"CSRF_TRUSTED_ORIGINS on {placed.host.name} {problem}.",
                    f"Write {', '.join(f'https://{domain}' for domain in site.domains)}, and no other.",
                )

    def _problem(self, site: Site, facts: DjangoFacts, encrypted: bool) -> str:
        wanted = {f"https://{domain}" for domain in site.domains}
        written = set(facts.csrf_trusted_origins or ())
        foreign, missing = sorted(written - wanted), sorted(wanted - written)
        if foreign:
            return f"trust {', '.join(foreign)}, which are no https addresses of this site"
        # Django compares with the address of the request, which it knows to be https where a proxy's header says so.
        needed = facts.csrf_trusted_origins is not None or (encrypted and facts.proxy_ssl_header is None)
        return f"leave out {', '.join(missing)}" if needed and missing else ""


CHECK = CsrfOrigins()
