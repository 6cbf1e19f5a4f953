"""A database lets in exactly those who use it: one line for each client, database and user, and for each replica.

A client without a line is turned away, and one that moved leaves a line behind by which somebody else may come in. A
line for 0.0.0.0/0 asks every password guesser of the world in.

Write the file of admissions anew from the bundle, and reload the database.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from topology.checks.base import Check, Finding, Sight, place_of
from topology.components import LOOPBACK, Admission, Edge, Placed

Wanted = tuple[str, str]
"""Address and database."""


class AdmissionsAsEdges(Check):
    """Lines of admission against the connections of the design."""

    title = "A database lets in exactly its clients and its replicas"
    rules = ("R26",)

    def look(self, sight: Sight) -> Iterator[Finding]:
        """One finding for each line that is too wide, too many or missing."""
        for placed in sight.offering("sql", "sql_replica"):
            admits = [one for one in sight.reading(placed).admits if one.address != "local"]
            if admits:
                wanted = dict.fromkeys(self._wanted(sight, placed))
                yield from self._wide(placed, admits)
                yield from self._missing(placed, admits, wanted)
                yield from self._strangers(placed, admits, wanted)

    def _wanted(self, sight: Sight, placed: Placed) -> Iterator[Wanted]:
        for edge, client in sight.clients(placed, "sql", "sql_replica"):
            address = sight.cluster.address_of(edge) if edge.local else client.host.address
            if self._copies(sight, edge, client):
                yield address, "replication"
            else:
                yield from ((address, site.database) for site in sight.design.sites)

    def _copies(self, sight: Sight, edge: Edge, client: Placed) -> bool:
        """The client is a database too: it copies this one."""
        return any(sight.offers(client, service) for service in ("sql", "sql_replica"))

    def _wide(self, placed: Placed, admits: list[Admission]) -> Iterator[Finding]:
        for one in admits:
            if _network(one.address).prefixlen == 0:
                yield self.finding(
                    f"{place_of(placed)} {one.database}",
                    f"it lets {one.user} into {one.database} from every address of the world ({one.address}).",
                    "Name the clients, one line each.",
                )

    def _missing(self, placed: Placed, admits: list[Admission], wanted: dict[Wanted, None]) -> Iterator[Finding]:
        exact = {(one.address.removesuffix("/32"), one.database) for one in admits}
        wide = [one for one in admits if _network(one.address).prefixlen < 32 or one.database == "all"]
        for address, database in wanted:
            if (address, database) not in exact and not any(_lets_in(one, address, database) for one in wide):
                yield self.finding(
                    f"{place_of(placed)} {address} {database}",
                    f"{address} uses {database} in the plan, and no line lets it in.",
                    "Add a line for this client, database and user.",
                )

    def _strangers(self, placed: Placed, admits: list[Admission], wanted: dict[Wanted, None]) -> Iterator[Finding]:
        for one in dict.fromkeys(admits):
            if (one.address.removesuffix("/32"), one.database) in wanted or _network(one.address).is_loopback:
                continue
            if not any(_lets_in(one, address, database) for address, database in wanted):
                yield self.finding(
                    f"{place_of(placed)} {one.address} {one.database}",
                    f"a line lets {one.user} into {one.database} from {one.address}, who does not use it in the plan.",
                    "Take the line out.",
                )


def _lets_in(one: Admission, address: str, database: str) -> bool:
    # `all` means every database of a line, but never replication.
    holds = one.database == database or (one.database == "all" and database != "replication")
    return holds and ipaddress.IPv4Address(address) in _network(one.address)


def _network(address: str) -> ipaddress.IPv4Network:
    if address in ("%", "all"):
        return ipaddress.IPv4Network("0.0.0.0/0")
    return ipaddress.IPv4Network(LOOPBACK if address == "localhost" else address, strict=False)


CHECK = AdmissionsAsEdges()
