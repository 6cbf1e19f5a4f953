"""Every balancer has all the servers that it is to spread requests over, and no other.

A web server that one balancer forgets costs money and does nothing; one that a balancer has and the plan has not is an
old machine that answers with old code. Both pass every check of the balancer's own program.

Write the balancer's file anew from the bundle, on all balancers.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of
from topology.components import Placed, Target

SPREAD = ("web", "media", "app")
"""Services whose requests are spread over servers; who copies a database chooses by itself whom it asks."""


class BalancersComplete(Check):
    """Targets of whoever passes requests on, against the connections of the design."""

    title = "Every balancer has all of its servers and no other"
    rules = ("R20",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each server that is left out, and for each that is too many."""
        for placed, reading in sight.readings():
            carried = [edge for edge in sight.cluster.edges_from(placed, *SPREAD) if edge.endpoint.carries]
            for service in dict.fromkeys(edge.endpoint.service for edge in carried):
                targets = [target for target in reading.targets if target.service == service]
                wanted = {edge.server for edge in carried if edge.endpoint.service == service}
                found = self._hosts(sight, placed, targets)
                if targets and found is not None and found != wanted:
                    yield from self._differences(placed, service, found, wanted)

    def _hosts(self, sight: Sight, placed: Placed, targets: list[Target]) -> set[str] | None:
        """The hosts that the targets are; None where one of them is nobody, which another check finds."""
        found = {placed.host.name if t.socket else sight.host_at(placed, t.address) for t in targets}
        return None if None in found else {host for host in found if host}

    def _differences(self, placed: Placed, service: str, found: set[str], wanted: set[str]) -> Iterator[Finding]:
        for host in sorted(wanted - found):
            yield self.finding(
                f"{place_of(placed)} to {host}",
                f"{host} offers {service} to {place_of(placed)} in the plan, and its file does not name it.",
                f"Add {host} to the file.",
            )
        for host in sorted(found - wanted):
            yield self.finding(
                f"{place_of(placed)} to {host}",
                f"the file of {place_of(placed)} gives requests for {service} to {host}, and the plan does not.",
                f"Take {host} out of the file.",
            )


CHECK = BalancersComplete()
