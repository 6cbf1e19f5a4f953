"""A name server for the site's own names: with several balancers it gives their addresses in turn (round-robin DNS).

It spreads clients over the balancers; it does not notice that one is dead. A browser then tries the next address
by itself, after its own patience, until somebody takes the dead one out of the plan. A plan knows private addresses
only: write public_addresses, or the zone is of use inside the network alone. The parent zone must delegate to these
servers, with their public addresses; a lone name server takes every name of the site with it. Whoever delegates a
whole domain moves its mail and all its other records too: they go into the zone's own file, /etc/bind/own/ZONE.
"""

from __future__ import annotations

from topology.components.base import (
    Component,
    ConfigFile,
    Endpoint,
    Log,
    Measured,
    Memory,
    Placed,
    Preparation,
    Sizing,
    Trouble,
    Validator,
)
from topology.components.bind9.boot import boot
from topology.components.bind9.reader import read
from topology.components.bind9.settings import Bind9Settings, size
from topology.components.bind9.validate import check
from topology.components.bind9.zones import OWN, Zone, zones_of
from topology.components.reading import Reading, Texts
from topology.components.rendering import render
from topology.demands import guess

UNIT = "named.service"
OWN_MIB = guess(40, 60, 150, "BIND's own memory with a few small zones")


class Bind9(Component):
    """The name server."""

    name = "bind9"
    title = "BIND 9 (round-robin DNS)"
    roles = {"bind9": "name server of the site's own names"}  # noqa: RUF012
    offers = {"bind9": ("dns",)}  # noqa: RUF012
    era = ("chapter", "today")
    packages = {"debian12": "9.18", "ubuntu2404": "9.18"}  # noqa: RUF012
    package = "bind9 bind9-utils"
    settings = Bind9Settings
    evidence = "booted"
    answer = "example.com: 203.0.113.11, 203.0.113.12, each of them first in turn; other names are refused"
    measured = Measured(memory_mib=32, cpu_ms=0.02, says="a question over UDP, 500 of them")
    logs = (Log(path="journal: named.service", says="zones that were loaded, and why one was not"),)
    troubles = (
        Trouble(
            sees="one server gets nearly everything",
            does="Big resolvers keep one answer for all their users. Round-robin DNS spreads clients, not requests;"
            " for even loads put a balancer behind the names.",
        ),
        Trouble(
            sees="a dead server still gets visitors",
            does="DNS does not watch servers: take its line out of the zone, reload, and wait for the"
            " time to live to pass.",
        ),
        Trouble(
            sees="SERVFAIL for a zone",
            does="named-checkconf -z says why; most often the file of the zone's own records is missing.",
        ),
    )
    validator = Validator(
        program="named-checkconf",
        package="bind9-utils",
        says="named-checkconf -z /etc/bind/named.conf, and every address record held against the design",
        check=check,
        boot=boot,
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """Port 53, over UDP and TCP."""
        return (
            Endpoint(service="dns", port=53, protocol="udp", public=True),
            Endpoint(service="dns", port=53, protocol="tcp", public=True),
        )

    def size(self, placed: Placed) -> Sizing:
        """Time to live."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """Options, the list of zones, and a file for each zone."""
        zones = zones_of(placed)
        sized = size(placed)
        options = render(self, "named.conf.options.j2", address=placed.host.address)
        local = render(self, "named.conf.local.j2", zones=[zone.name for zone in zones])
        return (
            ConfigFile(
                path="/etc/bind/named.conf.options", text=options, owner="root:bind", action="restart", unit=UNIT
            ),
            ConfigFile(path="/etc/bind/named.conf.local", text=local, owner="root:bind", unit=UNIT),
            *(self._zone_file(zone, sized) for zone in zones),
        )

    def preparations(self, placed: Placed) -> tuple[Preparation, ...]:
        """A file for the records that a plan does not know; without it a zone is not loaded."""
        zones = zones_of(placed)
        return (
            Preparation(
                does="Make the file of each zone's other records, the same on every name server, and write them into it"
                " before the parent zone delegates the name: mail (MX, TXT), certificates (CAA), other hosts.",
                lines=(f"install -d -g bind {OWN}", *(f"touch {zone.own}" for zone in zones)),
            ),
        )

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What its files say."""
        return read(texts)

    def memory(self, placed: Placed) -> Memory:
        """Its own."""
        return Memory(parts={"named": OWN_MIB})

    def _zone_file(self, zone: Zone, sized: Sizing) -> ConfigFile:
        text = render(
            self,
            "zone.j2",
            name=zone.name,
            serial=zone.serial(sized["ttl"]),
            ttl=sized["ttl"],
            servers=list(zone.servers),
            records=list(zone.records),
            own=zone.own,
        )
        return ConfigFile(
            path=zone.path, text=text, owner="root:bind", unit=UNIT, reasons=(*sized.reasons, *zone.reasons)
        )


COMPONENT = Bind9()
