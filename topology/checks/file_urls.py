"""Web servers send files under the addresses that Django writes into its pages, from the directories it writes them to.

STATIC_URL and MEDIA_URL are what pages say; the web server knows prefixes and directories of its own. Where they part,
pages come without styles, or uploads are lost to view.

Give the web server the prefixes and directories of the site's settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from topology.checks.base import Check, Finding, Sight, site_place
from topology.components import DjangoFacts, Placed
from topology.design import Site


class FileUrls(Check):
    """STATIC_URL, MEDIA_URL and MEDIA_ROOT against the web servers' files."""

    title = "Web servers send files where Django's pages look for them"
    rules = ("R41",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each site and kind of file."""
        for site, facts, _ in sight.settings():
            for server in self._servers(sight):
                yield from self._compare(sight, site, facts, server)

    def _servers(self, sight: Sight) -> list[Placed]:
        """Those that send files: media servers where there are some, else the web servers."""
        offering = sight.offering("media") or sight.offering("web")
        return [placed for placed in offering if sight.reading(placed).urls]

    def _alone(self, sight: Sight, site: Site) -> bool:
        """No other site has files under this prefix: else a prefix alone does not tell whose directory it is."""
        return sum(other.path == site.path for other in sight.design.sites) == 1

    def _compare(self, sight: Sight, site: Site, facts: DjangoFacts, server: Placed) -> Iterator[Finding]:
        urls = {prefix.rstrip("/"): folder for prefix, folder in sight.reading(server).urls.items()}
        for setting, url, root in (
            ("STATIC_URL", facts.static_url, ""),
            ("MEDIA_URL", facts.media_url, facts.media_root),
        ):
            parts = urlsplit(url)
            if not url or parts.hostname not in (None, site.media_domain, *site.domains):
                continue  # somebody else sends them
            folder = urls.get(parts.path.rstrip("/"))
            if folder is None:
                yield self.finding(
                    f"{site_place(site)} {server.host.name} {setting}",
                    f"{setting} is {url}, and {server.role.name} on {server.host.name} sends no files there.",
                    f"Send the site's files under {parts.path}.",
                )
            elif root and self._alone(sight, site) and folder.rstrip("/") not in ("", root.rstrip("/")):
                yield self.finding(
                    f"{site_place(site)} {server.host.name} {setting}",
                    f"Django writes uploads to {root}, and {server.role.name} sends files from {folder}.",
                    f"Send files of {parts.path} from {root}.",
                )


CHECK = FileUrls()
