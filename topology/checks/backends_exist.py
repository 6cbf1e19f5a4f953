"""Everybody to whom requests, queries and look-ups are given is there, listens on that port, and can be reached.

A file that passes its own program's check may name a server that is none, a port on which nobody listens, a socket of
another path, or a program that listens on the loopback address of another machine. Each is found by the first request.
So is a balancer with nobody behind it: its file is right, and it turns every visitor away.

Correct the address, the port or the socket in the file, or write the file anew from the bundle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from topology.checks.base import Check, Finding, Sight, place_of
from topology.components import LOOPBACK, NOTHING, Listening, Placed, Target

Doors = Mapping[tuple[str, int], Sequence[Listening]]
SERVICES = frozenset({"web", "media", "app", "sql", "sql_replica", "pool", "cache", "nfs", "broker", "metrics"})


class BackendsExist(Check):
    """Targets against the listeners of the hosts that they name."""

    title = "Whoever is passed something on is there and listens"
    rules = ("R19",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each target that nobody answers, and for each who stands before nobody."""
        yield from self._before_nobody(sight)
        doors = self._doors(sight)
        for placed, reading in sight.readings():
            for target in dict.fromkeys(t for t in reading.targets if t.service in SERVICES):
                problem = self._problem(sight, doors, placed, target)
                if problem:
                    where = target.socket or f"{target.address}:{target.port}"
                    yield self.finding(
                        f"{place_of(placed)} to {where}",
                        f"its file passes {target.service} on to {where}, {problem}.",
                        "Correct the address, the port or the socket there.",
                    )

    def _before_nobody(self, sight: Sight) -> Iterator[Finding]:
        refused = {refusal.placed.key for refusal in sight.refusals}
        for placed in sight.placed:
            missing = [
                need
                for need in placed.component.needs(placed)
                if need.fronts and not sight.cluster.edges_from(placed, *need.services)
            ]
            if missing and placed.key not in refused:
                services = " or ".join(missing[0].services)
                yield self.finding(
                    place_of(placed),
                    f"it {missing[0].why}, and no server of the plan offers {services}.",
                    f"Give a server a role that offers {services}, or take {placed.role.name} away.",
                )

    def _doors(self, sight: Sight) -> Doors:
        """Every listener by host and port."""
        doors: dict[tuple[str, int], list[Listening]] = {}
        for placed, reading in sight.readings():
            for listening in reading.listens:
                doors.setdefault((placed.host.name, listening.port), []).append(listening)
        return doors

    def _problem(self, sight: Sight, doors: Doors, placed: Placed, target: Target) -> str | None:
        if target.socket is not None:
            return self._problem_of_socket(sight, placed, target.socket)
        host = sight.host_at(placed, target.address)
        if host is None:
            is_name = not target.address.replace(".", "").isdigit()
            return None if is_name or self._is_known(sight, target) else "and no server of the plan has this address"
        found = doors.get((host, target.port))
        if not found:
            unread = self._may_be_unread(sight, host, target)
            return None if unread else f"and nobody on {host} listens on port {target.port}"
        if host != placed.host.name and all(one.address.startswith("127.") for one in found):
            return f"and who listens there does so on {LOOPBACK} alone, for {host} itself"
        return None

    def _problem_of_socket(self, sight: Sight, placed: Placed, socket: str) -> str | None:
        for role in sight.cluster.by_host[placed.host.name]:
            listens = {one.socket for one in sight.reading(role).listens} - {None}
            ends = {endpoint.socket for endpoint in sight.cluster.endpoints_of(role)}
            if socket in (listens or ends):
                return None
        return "and nobody on this server has a socket there"

    def _is_known(self, sight: Sight, target: Target) -> bool:
        """It is a virtual address, or something that others run."""
        virtual = {vrrp.address for _, reading in sight.readings() for vrrp in reading.vrrp}
        return target.address in virtual or any(
            external.endpoint == f"{target.address}:{target.port}" for external in sight.design.externals
        )

    def _may_be_unread(self, sight: Sight, host: str, target: Target) -> bool:
        """A role whose file says nothing about where it listens has an endpoint there."""
        return any(
            endpoint.port == target.port and sight.reading(role).listens == NOTHING.listens
            for role in sight.cluster.by_host[host]
            for endpoint in sight.cluster.endpoints_of(role)
        )


CHECK = BackendsExist()
