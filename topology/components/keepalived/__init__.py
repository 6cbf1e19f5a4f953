"""One address for several balancers: VRRP moves it to another balancer within seconds when one dies.

It needs a network that carries VRRP between the balancers and lets an address move from one machine to another;
most cloud networks do not, and there round-robin DNS or the provider's own floating address takes its place.
"""

from __future__ import annotations

from topology.components.base import (
    Component,
    ConfigFile,
    Endpoint,
    Log,
    Measured,
    Need,
    Placed,
    Sizing,
    Trouble,
    Validator,
)
from topology.components.keepalived.reader import PATH, read
from topology.components.keepalived.settings import KeepalivedSettings, position, refuse_deaf_network, size
from topology.components.keepalived.validate import boot, check
from topology.components.reading import Reading, Texts
from topology.components.rendering import render


class Keepalived(Component):
    """The virtual address."""

    name = "keepalived"
    title = "keepalived"
    roles = {"keepalived": "shares one public address among the balancers"}  # noqa: RUF012
    offers = {"keepalived": ("vrrp",)}  # noqa: RUF012
    packages = {"debian12": "2.2.7", "ubuntu2404": "2.2.8"}  # noqa: RUF012
    package = "keepalived procps"
    settings = KeepalivedSettings
    evidence = "booted"
    answer = "failover taken: 10.0.0.10 held by balancer2"
    measured = Measured(
        memory_mib=6, cpu_ms=5.0, says="a second of holding the address, 4 of them; it passes no request"
    )
    logs = (Log(path="journal: keepalived.service", says="which balancer became MASTER or BACKUP, and why"),)
    troubles = (
        Trouble(
            sees="two balancers hold the address at once",
            does="They do not hear each other: see that VRRP (IP protocol 112) passes between their addresses, in their"
            " firewalls and in the provider's.",
        ),
        Trouble(
            sees="the address moved, and nobody reaches it",
            does="The network does not let an address move between machines; most clouds do not. Take the provider's"
            " own floating address, or round-robin DNS, and say network.vrrp: false.",
        ),
        Trouble(
            sees="no balancer holds the address",
            does="Every one has lost its HAProxy, or the interface of the plan is not the host's: see `ip link`.",
        ),
    )
    validator = Validator(
        program="keepalived",
        package="keepalived",
        says="keepalived -t -f /etc/keepalived/keepalived.conf, with the interface of the plan; an advert below a"
        " second only in version 3",
        check=check,
        boot=boot,
    )

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        """VRRP between the balancers, at the virtual address."""
        refuse_deaf_network(placed)
        return (Endpoint(service="vrrp", port=0, protocol="vrrp", address=size(placed)["virtual_address"]),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        """Its peers."""
        return (Need(services=("vrrp",), why="balancers tell each other that they live"),)

    def size(self, placed: Placed) -> Sizing:
        """Address, interface, priority and pace."""
        return size(placed)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        """/etc/keepalived/keepalived.conf."""
        sizing = size(placed)
        peers = [host.address for host in placed.cluster.hosts_offering("vrrp") if host.name != placed.host.name]
        text = render(
            self,
            "keepalived.conf.j2",
            name=placed.host.name,
            first=position(placed) == 0,
            address=placed.host.address,
            peers=peers,
            prefix=placed.cluster.design.cidr.prefixlen,
            **sizing.values,
        )
        return (ConfigFile(path=PATH, text=text, unit="keepalived.service", reasons=sizing.reasons),)

    def read(self, placed: Placed, texts: Texts) -> Reading:
        """What its files say."""
        return read(texts)


COMPONENT = Keepalived()
