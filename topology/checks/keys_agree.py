"""All servers of one site have the same key and look for cached values under the same names; other sites have others.

With another SECRET_KEY a session that one server signed is void on the next, and people are signed out at random. With
another prefix or version each server fills a cache of its own; with the same prefix two sites read each other's values.

Give all servers of a site one key and one prefix, and every site its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, site_place
from topology.components import DjangoFacts
from topology.design import Site


class KeysAgree(Check):
    """Keys, prefixes and versions of every site, on every server."""

    title = "Servers of a site share its keys, and sites do not"
    rules = ("R38",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Within each site, then between sites."""
        found: dict[str, list[DjangoFacts]] = {site.name: [] for site in sight.design.sites}
        for site, facts, _ in sight.settings():
            found[site.name].append(facts)
        for site in sight.design.sites:
            yield from self._within(site, found[site.name])
            yield from self._key(sight, site)
        yield from self._between(sight, found)

    def _within(self, site: Site, facts: list[DjangoFacts]) -> Iterator[Finding]:
        for what in ("key_prefix", "cache_version", "secret_key_from"):
            values = sorted({str(getattr(each, what)) for each in facts})
            if len(values) > 1:
                yield self.finding(
                    f"{site_place(site)} {what}",
                    f"its servers differ in {what}: {', '.join(values)}.",
                    "Give all servers of the site the same.",
                )

    def _key(self, sight: Sight, site: Site) -> Iterator[Finding]:
        shared = sight.says(site).secret_key_shared
        if sight.app_servers < 2 or shared:
            return
        fix = "Put the same key on every application server, as the runbook says, and say so on the page of checks."
        if shared is None:
            says = "nobody said whether all servers have the same SECRET_KEY."
            yield self.unknown(site_place(site), says, fix, level="warning")
        else:
            yield self.finding(site_place(site), "its servers have SECRET_KEYs of their own.", fix)

    def _between(self, sight: Sight, found: dict[str, list[DjangoFacts]]) -> Iterator[Finding]:
        taken: dict[tuple[str, ...], str] = {}
        for site in sight.design.sites:
            for facts in found[site.name][:1]:
                for key in self._keys(facts):
                    other = taken.setdefault(key, site.name)
                    if other != site.name:
                        yield self.finding(
                            f"{site_place(site)} {key[0]}",
                            f"{other} and {site.name} have the same {key[0]}, {key[1]}.",
                            "Give each site its own.",
                        )

    def _keys(self, facts: DjangoFacts) -> Iterator[tuple[str, ...]]:
        if facts.secret_key_from:
            yield "secret_key_from", facts.secret_key_from
        if facts.cache_servers:
            yield "key_prefix", facts.key_prefix or "(none)", *sorted(facts.cache_servers)


CHECK = KeysAgree()
