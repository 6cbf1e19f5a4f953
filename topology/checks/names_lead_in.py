"""Every public name has a record, the record leads to where the public enters, and who answers there knows the name.

A record that leads past the balancer, or to a server that is gone, brings part of the visitors nowhere. A name without
a site that answers to it gets whatever comes first.

Correct the zone from the bundle; add the name to the site's domains.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of
from topology.components import PUBLIC, Placed, Reading

DOORS = frozenset({"balancer", "web", "media", "app", "dns"})


class NamesLeadIn(Check):
    """Records against the public entries, and names of sites against who answers them."""

    title = "Public names lead to where the public enters"
    rules = ("R29",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Records of every name server, then the hosts that answer names."""
        doors = self._doors(sight)
        for placed, reading in sight.readings():
            if reading.records:
                yield from self._records(sight, placed, reading, doors)
        yield from self._answered(sight)

    def _doors(self, sight: Sight) -> frozenset[str]:
        """Addresses at which the public enters; a server with a virtual address is entered by that."""
        virtual = {vrrp.address for _, reading in sight.readings() for vrrp in reading.vrrp}
        edges = (e for e in sight.cluster.edges if e.client == PUBLIC and e.endpoint.service in DOORS)
        return frozenset(virtual | {sight.cluster.host(edge.server).address for edge in edges})

    def _records(self, sight: Sight, placed: Placed, reading: Reading, doors: frozenset[str]) -> Iterator[Finding]:
        named = {name for name, _ in reading.records}
        outside = placed.role.settings.get("public_addresses", ())
        known = {pair.partition("=")[2] for pair in outside} if isinstance(outside, tuple) else set()
        for name, address in reading.records:
            inside = ipaddress.IPv4Address(address) in sight.design.cidr
            if address not in doors and (inside or address not in known):
                yield self.finding(
                    f"{place_of(placed)} {name}",
                    f"{name} leads to {address}, where the public does not enter.",
                    "Let it lead to a balancer, a virtual address or a public server of the plan.",
                )
        for domain in dict.fromkeys(domain for site in sight.design.sites for domain in site.domains):
            if domain not in named:
                yield self.finding(
                    f"{place_of(placed)} {domain}",
                    f"{domain} is a domain of the plan, and the zones have no record of it.",
                    "Write the zone anew from the bundle.",
                )

    def _answered(self, sight: Sight) -> Iterator[Finding]:
        """Every server of the sites that answers names at all answers all of them."""
        domains = dict.fromkeys(domain for site in sight.design.sites for domain in site.domains)
        for placed in sight.offering("web"):
            names = sight.reading(placed).names
            for domain in domains if names and "_" not in names else ():
                if domain not in names:
                    yield self.finding(
                        f"{place_of(placed)} {domain}",
                        f"{domain} is a domain of the plan, and {place_of(placed)} answers {', '.join(names)} only.",
                        "Add the name to the server's file.",
                    )


CHECK = NamesLeadIn()
