"""Files that people send are seen by every server that shows them.

An upload that stays on the disk of one application server is missing on the next, and gone with the server. MEDIA_ROOT
has to be the same directory everywhere, mounted from the server that keeps it, or the files go to a store of their own.

Keep uploads in MEDIA_ROOT and mount it from one server, or use an object store.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, site_place
from topology.design import Site


class UploadsShared(Check):
    """Where uploads go, once there are two application servers."""

    title = "Uploads are seen by every server"

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Nothing while there is one application server."""
        for site in sight.design.sites if sight.app_servers > 1 else ():
            said = sight.says(site).uploads
            if said is None:
                says = f"nobody said where uploads are kept, and there are {sight.app_servers} application servers."
                yield self.unknown(site_place(site), says, "Say it on the page of checks.", level="warning")
            elif said == "local_disk":
                says = "uploads stay on the disk of the server that got them."
                yield self.finding(site_place(site), says, "Keep them in MEDIA_ROOT, or in an object store.")
            elif said == "media_root":
                yield from self._unmounted(sight, site)

    def _unmounted(self, sight: Sight, site: Site) -> Iterator[Finding]:
        """Application servers where MEDIA_ROOT is neither mounted nor shared with the others."""
        shared: set[str] = set()
        for placed, reading in sight.readings():
            paths = {mount.path for mount in (*reading.mounts, *reading.exports)}
            if any(f"{site.root}/media".startswith(path) for path in paths):
                shared.add(placed.host.name)
        alone = [h.name for h in sight.cluster.hosts_offering("app") if h.name not in shared]
        if alone:
            yield self.finding(
                site_place(site),
                f"MEDIA_ROOT is a directory of its own on {', '.join(alone[:5])}.",
                "Mount it from one server (role nfs), or use an object store.",
            )


CHECK = UploadsShared()
