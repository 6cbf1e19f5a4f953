"""The zones of a cluster: every public name of its sites, with the addresses at which the public enters."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from topology.components.base import Placed, Reason
from topology.components.bind9.settings import public_addresses
from topology.components.cluster import PUBLIC

Record = tuple[str, str]
"""A name, fully qualified without its last dot, and an IPv4 address."""


@dataclass(frozen=True, kw_only=True)
class Zone:
    """One zone: its name servers and its address records."""

    name: str
    servers: tuple[str, ...]
    """Names of the name servers."""
    records: tuple[Record, ...]
    reasons: tuple[Reason, ...]

    def serial(self, ttl: int) -> int:
        """A number that changes with the content and with nothing else: every name server has the file itself."""
        return zlib.crc32(repr((self.name, self.servers, self.records, ttl)).encode()) or 1


def zones_of(placed: Placed) -> tuple[Zone, ...]:
    """The zones of all sites, in the order of the plan."""
    domains = tuple(dict.fromkeys(domain for site in placed.cluster.sites for domain in site.domains))
    apexes = [d for d in domains if not any(d != other and d.endswith(f".{other}") for other in domains)]
    return tuple(_zone(placed, apex, domains) for apex in apexes)


def _zone(placed: Placed, apex: str, domains: tuple[str, ...]) -> Zone:
    entries = _entries(placed, "balancer", "web")
    media = _entries(placed, "media") or entries
    servers = placed.cluster.hosts_offering("dns")
    names = tuple(f"ns{number}.{apex}" for number in range(1, len(servers) + 1))
    own = public_addresses(placed)
    glue = [(name, own.get(host.name, host.address)) for name, host in zip(names, servers, strict=True)]
    inside = [domain for domain in domains if domain == apex or domain.endswith(f".{apex}")]
    firsts = (
        {f"media.{site.domains[0]}" for site in placed.cluster.sites} if placed.cluster.hosts_offering("media") else ()
    )
    sites = [(domain, address) for domain in inside for address in entries.values()]
    files = [(n, a) for n in sorted(firsts) if n.endswith(f".{apex}") for a in media.values()]
    reasons = tuple(_reason(name, address, own) for name, address in {**entries, **media}.items())
    return Zone(name=apex, servers=names, records=(*glue, *sites, *files), reasons=reasons)


def _entries(placed: Placed, *services: str) -> dict[str, str]:
    """Server and address of every public entry; a shared virtual address stands for all that share it."""
    own = public_addresses(placed)
    found: dict[str, str] = {}
    for edge in placed.cluster.edges:
        if edge.client == PUBLIC and edge.endpoint.service in services:
            found[edge.server] = own.get(edge.server, placed.cluster.host(edge.server).address)
    shared = {offer.placed.host.name: offer.endpoint.address for offer in placed.cluster.providers("vrrp")}
    holders = [name for name in found if name in shared]
    return {holders[0]: shared[holders[0]]} if holders else found


def _reason(server: str, address: str, own: dict[str, str]) -> Reason:
    known = (
        "public_addresses" if server in own else "the plan knows no public address of it, so this is its private one"
    )
    return Reason(setting=f"A {server}", value=address, formula=known)
