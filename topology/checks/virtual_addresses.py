"""Those who share a virtual address agree on it: one router number, different priorities, and each knows the others.

Two groups with one number take each other's address away. Equal priorities leave it to chance who has it. A peer that
is left out believes that it is alone, and then two servers have the address at once. And where nobody said that the
network carries VRRP at all, the address may never move.

Write the files of all that share the address anew from the bundle; say network.vrrp in the plan.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of
from topology.components import Placed, Vrrp

Holders = list[tuple[Placed, Vrrp]]


class VirtualAddresses(Check):
    """The holders of each virtual address against each other and against the network."""

    title = "Those who share an address agree on it"
    rules = ("R28",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """Each holder by itself, then those of one address together."""
        holders = [(placed, vrrp) for placed, reading in sight.readings() for vrrp in reading.vrrp]
        groups: dict[str, Holders] = {}
        for placed, vrrp in holders:
            groups.setdefault(vrrp.address, []).append((placed, vrrp))
        for group in groups.values():
            yield from self._group(sight, group)
        yield from self._numbers(groups)
        if holders and (sight.design.network is None or sight.design.network.vrrp is None):
            yield self.unknown(
                "network vrrp",
                "nobody said whether the network carries VRRP and lets an address move; most clouds do not.",
                "Ask the provider, and write network.vrrp: true or false in the plan.",
            )

    def _group(self, sight: Sight, group: Holders) -> Iterator[Finding]:
        known = {placed.host.address for placed, _ in group}
        taken: dict[int, Placed] = {}
        for placed, vrrp in group:
            problems = [
                self._problem_of_address(sight, vrrp),
                self._problem_of_peers(vrrp, known - {placed.host.address}),
                f"router {vrrp.router_id}, the others {group[0][1].router_id}" * (not _alike(group, vrrp)),
            ]
            other = taken.setdefault(vrrp.priority, placed)
            if other is not placed:
                problems.append(f"the same priority {vrrp.priority} as {other.host.name}")
            if vrrp.advert_seconds < 1 and vrrp.version < 3:
                problems.append(
                    f"adverts of {vrrp.advert_seconds:g} s, which need version 3, in version {vrrp.version}"
                )
            for problem in filter(None, problems):
                yield self.finding(
                    f"{place_of(placed)} {vrrp.address}",
                    f"for {vrrp.address} its file has {problem}.",
                    "Write the files of all that share the address anew.",
                )

    def _problem_of_address(self, sight: Sight, vrrp: Vrrp) -> str | None:
        own = {host.address: host.name for host in sight.design.hosts}
        if vrrp.address in own:
            return f"an address that is {own[vrrp.address]}'s own"
        inside = ipaddress.IPv4Address(vrrp.address) in sight.design.cidr
        return None if inside else f"an address outside the servers' network {sight.design.cidr}"

    def _problem_of_peers(self, vrrp: Vrrp, wanted: set[str]) -> str | None:
        if set(vrrp.peers) == wanted:
            return None
        return f"the peers {', '.join(vrrp.peers) or 'none'}, not {', '.join(sorted(wanted)) or 'none'}"

    def _numbers(self, groups: dict[str, Holders]) -> Iterator[Finding]:
        seen: dict[int, str] = {}
        for address, group in groups.items():
            for number in sorted({vrrp.router_id for _, vrrp in group}):
                other = seen.setdefault(number, address)
                if other != address:
                    yield self.finding(
                        f"{place_of(group[0][0])} {address}",
                        f"{address} and {other} both have the router number {number}.",
                        "Give each shared address a number of its own.",
                    )


def _alike(group: Holders, vrrp: Vrrp) -> bool:
    return vrrp.router_id == group[0][1].router_id


CHECK = VirtualAddresses()
