"""A firewall opens the connections of the plan and ssh, and nothing else.

What is shut although the plan needs it is an outage; what is open although nothing needs it is a way in. And a
firewall that shuts ssh to the administrators' network shuts out whoever could mend it.

Write the firewall's file anew from the bundle; a program of your own belongs into the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from topology.checks.base import Check, Finding, Sight, place_of
from topology.components import PUBLIC, Opening

Door = tuple[str, int]
SSH: Door = ("tcp", 22)


class FirewallAsEdges(Check):
    """What each firewall opens, against the connections into its host."""

    title = "A firewall opens exactly the connections of the plan, and ssh"
    rules = ("R21",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each door that differs."""
        for placed, reading in sight.readings():
            if reading.opened is None:
                continue
            wanted, found = self._wanted(sight, placed.host.name), self._found(reading.opened)
            for door in sorted(wanted.keys() | found.keys()):
                if wanted.get(door) != found.get(door):
                    yield self.finding(
                        f"{place_of(placed)} {door[0]} {door[1]}",
                        f"{_named(door)} is open to {_who(found.get(door))}, and the plan wants it open to"
                        f" {_who(wanted.get(door))}.",
                        "Write the firewall's file anew; what is missing in the plan belongs into the plan.",
                    )

    def _wanted(self, sight: Sight, host: str) -> Mapping[Door, frozenset[str]]:
        """Door -> who may come in; nobody named is everybody."""
        doors: dict[Door, set[str]] = {SSH: {sight.design.admin_cidr}}
        public: set[Door] = set()
        for edge in sight.cluster.edges_to(host):
            door = (edge.endpoint.protocol, edge.endpoint.port)
            if edge.client == PUBLIC:
                public.add(door)
            elif not edge.local and edge.endpoint.socket is None:
                doors.setdefault(door, set()).add(sight.cluster.host(edge.client).address)
        return {**{door: frozenset(who) for door, who in doors.items()}, **dict.fromkeys(public, frozenset())}

    def _found(self, opened: tuple[Opening, ...]) -> Mapping[Door, frozenset[str]]:
        found: dict[Door, frozenset[str]] = {}
        for opening in opened:
            door, clients = (opening.protocol, opening.port), frozenset(opening.clients)
            known = found.get(door)
            found[door] = clients if known is None else frozenset() if not (known and clients) else known | clients
        return found


def _named(door: Door) -> str:
    return "VRRP" if door[0] == "vrrp" else f"{door[0]} port {door[1]}"


def _who(clients: frozenset[str] | None) -> str:
    if clients is None:
        return "nobody"
    return ", ".join(sorted(clients)) or "everybody"


CHECK = FirewallAsEdges()
