"""No two programs of one server listen on the same port of the same address, or at the same socket.

The second that starts ends with an error, and which one that is differs from start to start.

Give one of them another port or socket, or put it on another server.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight
from topology.components import Listening, Placed

EVERYWHERE = ("", "0.0.0.0", "*")


class PortsTakenOnce(Check):
    """Listeners of one host against each other."""

    title = "No two programs listen at the same place"
    rules = ("R22",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each pair."""
        for host, roles in sight.cluster.by_host.items():
            doors = [(role, one) for role in roles for one in dict.fromkeys(sight.reading(role).listens)]
            for at, (role, one) in enumerate(doors):
                for other, second in doors[at + 1 :]:
                    if self._are_two(role, other) and _same(one, second):
                        where = one.socket or f"{one.protocol} port {one.port}"
                        yield self.finding(
                            f"{host} {where}",
                            f"{role.role.name} and {other.role.name} both listen on {where} of {host}.",
                            "Give one of them another port, or put it on another server.",
                        )

    def _are_two(self, one: Placed, other: Placed) -> bool:
        """Roles of one component are one program."""
        return one.component is not other.component


def _same(one: Listening, other: Listening) -> bool:
    if one.socket is not None or other.socket is not None:
        return one.socket == other.socket
    meet = one.address == other.address or one.address in EVERYWHERE or other.address in EVERYWHERE
    return meet and one.port == other.port != 0 and one.protocol == other.protocol


CHECK = PortsTakenOnce()
