"""The largest upload is the same at the balancer, the web server, the application and Django.

Where an outer limit is smaller, a person sees a bare 413 page of a server that the site's people never styled; where
it is larger, the whole upload is sent through the network before the inner side refuses it.

Give all of them one limit.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight


class UploadsEqual(Check):
    """Upload limits along the way of a request."""

    title = "The upload limit is the same all the way"
    rules = ("R15",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding with every limit that differs."""
        found: dict[int, list[str]] = {}
        for placed in sight.offering("balancer", "web", "app"):
            limit = sight.reading(placed).upload_bytes
            if limit:
                found.setdefault(limit, []).append(f"{placed.role.name} on {placed.host.name}")
        for placed, facts in sight.django():
            if facts.upload_bytes:
                found.setdefault(facts.upload_bytes, []).append(f"Django of {facts.site} on {placed.host.name}")
        if len(found) > 1:
            said = "; ".join(f"{limit} bytes: {', '.join(who[:3])}" for limit, who in sorted(found.items()))
            yield self.finding("plan", f"{said}.", "Give all of them one limit.")


CHECK = UploadsEqual()
