"""The zones of a cluster: every public name of its sites, with the addresses at which the public enters."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from topology.components.base import Placed, Reason
from topology.components.bind9.settings import public_addresses
from topology.components.cluster import PUBLIC

Record = tuple[str, str]
"""A name, fully qualified without its last dot, and an IPv4 address."""
OWN = "/etc/bind/own"
"""Directory of a person's own records, one file a zone. Never in a bundle."""


@dataclass(frozen=True, kw_only=True)
class Zone:
    """One zone: its name servers and its address records."""

    name: str
    servers: tuple[str, ...]
    """Names of the name servers."""
    records: tuple[Record, ...]
    reasons: tuple[Reason, ...]

    @property
    def path(self) -> str:
        """Its file."""
        return f"/etc/bind/db.{self.name}"

    @property
    def own(self) -> str:
        """The file of its other records, which a person keeps."""
        return f"{OWN}/{self.name}"

    def serial(self, ttl: int) -> int:
        """A number that changes with the content and with nothing else: every name server has the file itself."""
        return zlib.crc32(repr((self.name, self.servers, self.records, ttl)).encode()) or 1


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a server, or several that share an address, is reached from outside."""

    inside: str
    outside: str | None
    """None where the plan does not know it."""

    @property
    def best(self) -> str:
        """What a zone can say."""
        return self.outside or self.inside


def zones_of(placed: Placed) -> tuple[Zone, ...]:
    """The zones of all sites, in the order of the plan: a domain that lies below no other of the plan's is one."""
    names = tuple(dict.fromkeys(domain for site in placed.cluster.sites for domain in site.domains))
    apexes = [name for name in names if not any(name.endswith(f".{other}") for other in names)]
    return tuple(_zone(placed, apex, names) for apex in apexes)


def _zone(placed: Placed, apex: str, names: tuple[str, ...]) -> Zone:
    entries = _entries(placed, "balancer", "web")
    media = _entries(placed, "media") or entries
    servers = _name_servers(placed, apex)
    pairs = [
        *((name, address) for name, address in servers.items()),
        *((name, address) for name in names if _is_inside(name, apex) for address in entries.values()),
        *((name, address) for name in _media_names(placed, apex) for address in media.values()),
    ]
    known = {**entries, **media, **servers}
    return Zone(
        name=apex,
        servers=tuple(servers),
        records=tuple(dict.fromkeys((name, address.best) for name, address in pairs)),
        reasons=tuple(_reason(name, address) for name, address in known.items()),
    )


def _is_inside(name: str, apex: str) -> bool:
    return name == apex or name.endswith(f".{apex}")


def _media_names(placed: Placed, apex: str) -> list[str]:
    """The names of files, where servers of their own hold them."""
    if not placed.cluster.hosts_offering("media"):
        return []
    names = dict.fromkeys(site.media_domain for site in placed.cluster.sites)
    return [name for name in names if _is_inside(name, apex)]


def _name_servers(placed: Placed, apex: str) -> Mapping[str, Address]:
    """Names and addresses of the name servers, which the parent zone needs too (glue)."""
    own = public_addresses(placed)
    hosts = placed.cluster.hosts_offering("dns")
    return {
        f"ns{number}.{apex}": Address(inside=host.address, outside=own.get(host.name) or own.get(host.address))
        for number, host in enumerate(hosts, 1)
    }


def _entries(placed: Placed, *services: str) -> Mapping[str, Address]:
    """Every public entry by the name of its server; servers with a virtual address count once, with that."""
    cluster, own = placed.cluster, public_addresses(placed)
    virtual = {offer.placed.host.name: offer.endpoint.address for offer in cluster.providers("vrrp")}
    hosts = dict.fromkeys(e.server for e in cluster.edges if e.client == PUBLIC and e.endpoint.service in services)
    found: dict[str, Address] = {}
    for name in hosts:
        if name in virtual:
            found["virtual address"] = Address(inside=virtual[name], outside=own.get(virtual[name]))
        else:
            inside = cluster.host(name).address
            found[name] = Address(inside=inside, outside=own.get(name) or own.get(inside))
    return found


def _reason(name: str, address: Address) -> Reason:
    known = (
        "its address in public_addresses"
        if address.outside
        else (
            "the plan knows no public address of it, so this is its private one, which nobody outside reaches: write"
            " public_addresses before the names are delegated"
        )
    )
    return Reason(setting=f"A {name}", value=address.best, formula=known, facts={"private": address.inside})
