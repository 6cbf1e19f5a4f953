"""Where https ends, the certificate has every public name, and it ends once on each way through the servers.

A name that is not in the certificate is an error page in every browser. Two servers in a row that both take https off
cannot speak to each other, or hide from the application that the visitor came by https.

Add the name to the certificate; let the outermost server take https off.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, between, place_of


class CertificatesCover(Check):
    """Names of certificates against domains, and who takes https off along each connection."""

    title = "Certificates have every public name, and https ends once"
    rules = ("R30",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Every server that takes https off."""
        domains = dict.fromkeys(domain for site in sight.design.sites for domain in site.domains)
        for placed, reading in sight.readings():
            if not reading.terminates_tls:
                continue
            for domain in domains:
                if not any(_covers(name, domain) for name in reading.certificate_names):
                    yield self.finding(
                        f"{place_of(placed)} {domain}",
                        f"it takes https off with certificates for {', '.join(reading.certificate_names) or 'no name'},"
                        f" and {domain} is none of them.",
                        "Have a certificate made with this name too.",
                    )
            for edge, server in sight.servers(placed):
                if edge.endpoint.carries and sight.reading(server).terminates_tls:
                    yield self.finding(
                        between(placed, server),
                        "both take https off, one behind the other.",
                        "Let the outer one take it off, and the inner one speak plain HTTP to it.",
                    )


def _covers(name: str, domain: str) -> bool:
    """A star stands for one label, the first (RFC 6125, section 6.4.3)."""
    return name == domain or (name.startswith("*.") and domain.partition(".")[2] == name[2:])


CHECK = CertificatesCover()
