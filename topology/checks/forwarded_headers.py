"""What a proxy says of the client is believed only where the proxy said it.

The outermost proxy takes X-Forwarded-Proto away from the client's request and writes its own, or anybody can claim to
come by https. Every server behind believes exactly the servers that pass requests to it: one too many can forge the
client's address, one too few and all visitors look like one.

Let the outermost proxy set the header, and list exactly the previous hop.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of, site_place
from topology.components import LOOPBACK, PUBLIC, Edge, Placed

OWN = frozenset({LOOPBACK, "localhost", "unix:", "unix", "", "::1"})
"""Ways to write the server itself, or a socket that only its neighbours reach."""


class ForwardedHeaders(Check):
    """Headers that proxies set, and whose are believed."""

    title = "Forwarded headers are set outside and believed from the previous hop only"
    rules = ("R35",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Django's header, then the trust of each server."""
        yield from self._header(sight)
        for placed, reading in sight.readings():
            hops = [edge for edge, _ in sight.clients(placed) if edge.endpoint.carries]
            if reading.trusts is not None:
                yield from self._trust(sight, placed, reading.trusts, hops)

    def _header(self, sight: Sight) -> Iterator[Finding]:
        outermost = [e for e in sight.cluster.edges if e.client == PUBLIC and e.endpoint.service in ("web", "balancer")]
        for site, facts, _ in sight.settings():
            header = (facts.proxy_ssl_header or ("",))[0].removeprefix("HTTP_").replace("_", "-")
            for edge in outermost if header else ():
                placed = sight.cluster.find(edge.server, edge.server_role)
                if header.lower() not in {name.lower() for name in sight.reading(placed).sets_headers}:
                    yield self.finding(
                        site_place(site),
                        f"Django believes {header}, and {place_of(placed)} passes on what the client wrote there.",
                        f"Let {placed.role.name} set {header} itself, or take SECURE_PROXY_SSL_HEADER away.",
                    )

    def _trust(self, sight: Sight, placed: Placed, trusts: tuple[str, ...], hops: list[Edge]) -> Iterator[Finding]:
        if all(edge.endpoint.socket for edge in hops):
            return  # a socket is reached by those whom its mode lets in, whatever is believed
        before = {sight.cluster.host(edge.client).address for edge in hops}
        local = {sight.cluster.host(edge.client).address for edge in hops if edge.local}
        extra = [each for each in trusts if each not in before | OWN]
        missing = sorted(each for each in before - local if not any(_holds(trust, each) for trust in trusts))
        if extra:
            yield self.finding(
                place_of(placed),
                f"it believes {', '.join(extra)}, and no request comes from there.",
                f"Believe only {', '.join(sorted(before)) or 'the server itself'}.",
            )
        if missing:
            yield self.finding(
                f"{place_of(placed)} clients",
                f"requests come from {', '.join(missing)}, whom it does not believe: all visitors look like one.",
                f"Believe {', '.join(sorted(before))}.",
            )


def _holds(trust: str, address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(trust, strict=False)
    except ValueError:
        return trust == "*"


CHECK = ForwardedHeaders()
