"""Where the public finds a site: at the addresses that the design's name servers answer, or that it opens itself."""

from __future__ import annotations

import secrets
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from topology.components import PUBLIC, Cluster, Edge
from topology.design import Site
from topology.errors import TierwrightError
from topology.workload import Kind

SECONDS = 5.0
TRIES = 3
"""A question by UDP may be lost, so that every resolver asks again."""
PORT = 53
_TYPE_A = 1


@dataclass(frozen=True)
class Names:
    """The public's view of a cluster."""

    cluster: Cluster

    @property
    def servers(self) -> tuple[str, ...]:
        """Addresses of the design's own name servers."""
        return tuple(dict.fromkeys(self._address(edge) for edge in self._public() if edge.endpoint.service == "dns"))

    def addresses(self, name: str) -> tuple[str, ...]:
        """Where a name leads; asked of the design's name servers where it has any. Run it in the client's network.

        Raises TierwrightError where it leads nowhere.
        """
        found = look_up(name, self.servers[0]) if self.servers else self.opened(self._kind_of(name))
        if not found:
            raise TierwrightError(f"the name {name} leads nowhere")
        return found

    def opened(self, kind: Kind) -> tuple[str, ...]:
        """Addresses at which the design takes requests of a kind from the public."""
        edges = (edge for edge in self._public() if kind in edge.endpoint.carries)
        return tuple(dict.fromkeys(self._address(edge) for edge in edges))

    def _kind_of(self, name: str) -> Kind:
        media = any(name == site.media_domain for site in self.cluster.sites)
        return "media" if media else "page"

    def _public(self) -> Iterator[Edge]:
        return (edge for edge in self.cluster.edges if edge.client == PUBLIC)

    def _address(self, edge: Edge) -> str:
        return edge.endpoint.address or self.cluster.host(edge.server).address


def main_name(site: Site) -> str:
    """The name by which a site is asked for."""
    return site.domains[0]


def look_up(name: str, server: str) -> tuple[str, ...]:
    """The addresses of a name in the order of the answer (RFC 1035), asked by UDP; raises OSError where none comes."""
    number = secrets.randbelow(1 << 16)
    labels = b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.split("."))
    query = struct.pack("!6H", number, 0, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, _TYPE_A, 1)
    return tuple(_addresses_in(_answered(query, server), len(query)))


def _answered(query: bytes, server: str) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.settimeout(SECONDS)
        for _ in range(TRIES - 1):
            asked.sendto(query, (server, PORT))
            with suppress(TimeoutError):
                return asked.recv(4096)
        asked.sendto(query, (server, PORT))
        return asked.recv(4096)


def _addresses_in(answer: bytes, place: int) -> Iterator[str]:
    """Addresses in the answer section, which begins after the repeated question."""
    (count,) = struct.unpack_from("!H", answer, 6)
    for _ in range(count):
        place = _after_name(answer, place)
        kind, _, _, length = struct.unpack_from("!HHIH", answer, place)
        if kind == _TYPE_A:
            yield socket.inet_ntoa(answer[place + 10 : place + 14])
        place += 10 + length


def _after_name(answer: bytes, place: int) -> int:
    while answer[place]:
        if answer[place] >= 0xC0:  # a pointer to a name that stands elsewhere
            return place + 2
        place += answer[place] + 1
    return place + 1
