"""The path that balancers ask is answered by the application, without a redirect or a sign-in.

A balancer takes a server out of the traffic where its question gets anything but a 200. An application server of the
plan answers the plan's own health path by itself, before Django; another path goes to Django, where a redirect to
https or a sign-in turns every server off at once.

Ask the plan's own health path, or keep middleware away from the other one and say so.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology import sizing
from topology.checks.base import Check, Finding, Sight, place_of
from topology.components import DYNAMIC


class HealthAnswered(Check):
    """Health paths that are asked, against those that are answered."""

    title = "The health path is answered by the application itself"
    rules = ("R40",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each balancer that asks another path."""
        ours = {f"{site.path}{sizing.HEALTH_PATH}" for site in sight.design.sites}
        asked = {
            placed.key: (placed, path)
            for edge, placed, _ in sight.edges("web", "app")
            if edge.endpoint.carries & DYNAMIC and (path := sight.reading(placed).health_path)
        }
        answered = [sight.says(site).health_answered for site in sight.design.sites]
        for placed, path in asked.values():
            if path in ours or all(answered):
                continue
            fix = f"Ask {sorted(ours)[0]}, which the application server answers by itself."
            if False in answered:
                says = f"it asks {path}, where the site's middleware redirects or wants a sign-in."
                yield self.finding(place_of(placed), says, fix)
            else:
                says = f"it asks {path}, and nobody said whether the site's middleware leaves that alone."
                yield self.unknown(place_of(placed), says, fix, level="warning")


CHECK = HealthAnswered()
