"""Uploads are mounted from the same server, at the same path and in the same way on every host, and shared with these.

A host that mounts nothing, or elsewhere, keeps uploads to itself, and half of the pages miss their pictures. A soft
mount among hard ones loses writes without a word. An application that starts before the mount writes beneath it.

Write the mounts and the exports anew from the bundle; let the application's unit wait with RequiresMountsFor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of
from topology.components import Mount, Placed


class SharesAgree(Check):
    """Mounts against each other, against exports, and against what waits for them."""

    title = "Shared directories are the same everywhere"
    rules = ("R23",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Mounts, exports, and units."""
        mounts = [(placed, mount) for placed, reading in sight.readings() for mount in reading.mounts]
        yield from self._unlike(mounts)
        yield from self._exports(sight, mounts)
        yield from self._waiting(sight)

    def _unlike(self, mounts: list[tuple[Placed, Mount]]) -> Iterator[Finding]:
        for path in dict.fromkeys(mount.path for _, mount in mounts):
            ways = [(placed, (mount.server, mount.options)) for placed, mount in mounts if mount.path == path]
            usual = Counter(way for _, way in ways).most_common(1)[0][0]
            for placed, way in ways:
                if way != usual:
                    odd = " ".join(sorted({way[0], *way[1]} ^ {usual[0], *usual[1]}))
                    yield self.finding(
                        f"{place_of(placed)} {path}",
                        f"{path} is mounted otherwise than on the other hosts: they differ in {odd}.",
                        "Mount it from the same server with the same options on every host.",
                    )

    def _exports(self, sight: Sight, mounts: list[tuple[Placed, Mount]]) -> Iterator[Finding]:
        for server, reading in sight.readings():
            for export in reading.exports:
                users = {p.host.address for p, m in mounts if m.path == export.path and m.server == server.host.address}
                if users != set(export.clients):
                    yield self.finding(
                        f"{place_of(server)} {export.path}",
                        f"{export.path} is shared with {_listed(export.clients)}, and mounted by {_listed(users)}.",
                        "Share it with exactly the hosts that mount it.",
                    )

    def _waiting(self, sight: Sight) -> Iterator[Finding]:
        for placed, reading in sight.readings():
            mounted = {mount.path for _, other in sight.beside(placed) for mount in other.mounts}
            media = {f"{site.root}/media" for site in sight.design.sites}
            for path in sorted(mounted & media if reading.requires_mounts else ()):
                if not any(path == one or path.startswith(f"{one}/") for one in reading.requires_mounts):
                    yield self.finding(
                        f"{place_of(placed)} {path}",
                        f"its unit waits for {_listed(reading.requires_mounts)}, and not for {path}.",
                        "Name the path in RequiresMountsFor of the unit.",
                    )


def _listed(names: set[str] | tuple[str, ...]) -> str:
    return ", ".join(sorted(names)) or "nobody"


CHECK = SharesAgree()
