"""Files name servers by address, or by a name that the same server's /etc/hosts has.

A name that no hosts file has is asked of a name server: when that is slow, or answers otherwise, the site is down
although each of its servers is well.

Write the address in place of the name.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of
from topology.components import LOOPBACK

OUTSIDE = frozenset({"time"})
"""Services that the plan does not run."""


class NamesResolve(Check):
    """Names in files against the hosts file beside them."""

    title = "Names in files are in the hosts file of the same server"
    rules = ("R31",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each name that is not there, or means another address."""
        others = {external.endpoint.rpartition(":")[0] for external in sight.design.externals}
        for placed, reading in sight.readings():
            addresses = (t.address for t in reading.targets if t.address and t.service not in OUTSIDE)
            for name in dict.fromkeys(filter(_is_name, (*addresses, reading.follows or LOOPBACK))):
                known = (name in beside.resolves for _, beside in sight.beside(placed))
                if name not in others and not any(known):
                    yield self.finding(
                        f"{place_of(placed)} {name}",
                        f"its file names {name}, and the hosts file of {placed.host.name} does not have it.",
                        "Write the address instead.",
                    )
        yield from self._hosts_files(sight)

    def _hosts_files(self, sight: Sight) -> Iterator[Finding]:
        """A hosts file that has a server has it with its own address."""
        fine: set[int] = set()  # of the readings' tables, which live as long as the sight
        for placed, reading in sight.readings():
            if not reading.resolves or id(reading.resolves) in fine:
                continue
            hosts = sight.design.hosts
            if all(reading.resolves.get(host.name) == host.address for host in hosts):
                fine.add(id(reading.resolves))
                continue
            for host in hosts:
                found = reading.resolves.get(host.name)
                if found != host.address:
                    yield self.finding(
                        f"{place_of(placed)} {host.name}",
                        f"{host.name} has the address {host.address}, and the hosts file says {found or 'nothing'}.",
                        "Write the hosts file anew from the bundle.",
                    )


def _is_name(address: str) -> bool:
    return address not in (LOOPBACK, "localhost") and not address.replace(".", "").isdigit()


CHECK = NamesResolve()
