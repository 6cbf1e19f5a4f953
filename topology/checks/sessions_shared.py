"""Sessions and cached values are kept where every application server sees them.

With two application servers a person's next request goes to the other one. A session in a file or in the memory of the
first is not there: people are signed out at random, and values that one server has cached or dropped are old on the
other.

Keep sessions in the database, the cache servers or signed cookies, and the cache on cache servers.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, site_place
from topology.design import Site

LOCAL = ("locmem", "filebased", "dummy")
"""Parts of the names of Django's caches that no other server sees."""


class SessionsShared(Check):
    """Sessions and cache, as the files and people say."""

    title = "Sessions and cache are shared by all application servers"
    rules = ("R39",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Nothing while there is one application server."""
        if sight.app_servers < 2:
            return
        for site, facts, placed in sight.settings():
            for what, backend in (("cache", facts.cache_backend), ("sessions", facts.session_engine)):
                if any(word in backend for word in LOCAL) or backend.endswith("sessions.backends.file"):
                    yield self.finding(
                        f"{site_place(site)} {what}",
                        f"{placed.host.name} keeps them in {backend}, which the other"
                        f" {sight.app_servers - 1} application servers do not see.",
                        "Take a backend that all of them share.",
                    )
        for site in sight.design.sites:
            yield from self._said(sight, site)

    def _said(self, sight: Sight, site: Site) -> Iterator[Finding]:
        said = sight.says(site)
        if said.sessions == "file" or (said.sessions == "cache" and said.cache in ("local_memory", "file")):
            yield self.finding(
                f"{site_place(site)} sessions",
                "sessions are kept in files or memory of one server.",
                "Set SESSION_ENGINE to the database, the cache servers or signed cookies.",
            )
        if said.cache in ("local_memory", "file"):
            yield self.finding(
                f"{site_place(site)} cache",
                "the site's own settings cache in files or memory of one server.",
                "End the site's settings with those of the plan, or take the cache servers.",
            )
        for what in ("sessions", "cache"):
            if getattr(said, what) is None and not (what == "cache" and said.takes_plan_settings):
                yield self.unknown(
                    f"{site_place(site)} {what}",
                    f"nobody said where the site keeps its {what}, and there are {sight.app_servers} application"
                    " servers.",
                    "Say it on the page of checks.",
                    level="warning",
                )


CHECK = SessionsShared()
