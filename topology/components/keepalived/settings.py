"""Settings of keepalived, and the numbers that follow where the plan leaves them out."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from pydantic import Field

from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.errors import Place, TierwrightError
from topology.fields import Address

VIRTUAL_HOST = 10
"""Number of the virtual address in its network; the servers' addresses begin after it."""
HIGHEST_PRIORITY = 150
PRIORITY_STEP = 10


class KeepalivedSettings(Settings):
    """Settings of the role keepalived; write the shared ones for the tier."""

    virtual_address: Address | None = None
    """The address that the balancers share; by default host number 10 of the servers' network."""
    interface: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,14}$")] | None = None
    """Network interface that carries it; eth0 by default."""
    router_id: Annotated[int, Field(ge=1, le=255)] | None = None
    """VRRP router number, one for each group of balancers on a network segment; 51 by default."""


def refuse_deaf_network(placed: Placed) -> None:
    """An address can move only where the network carries VRRP; where nobody said so, a check asks."""
    network = placed.cluster.design.network
    if network is not None and network.vrrp is False:
        raise TierwrightError(
            "this network carries no VRRP (network.vrrp: false), so keepalived cannot move an address in it;"
            " take bind9 for round-robin DNS or the provider's own balancer instead",
            place=Place(path=f"tier {placed.host.tier}"),
        )


def position(placed: Placed) -> int:
    """The place of this balancer among those that share the address, from 0."""
    names = [host.name for host in placed.cluster.hosts_offering("vrrp")]
    return names.index(placed.host.name)


def size(placed: Placed) -> Sizing:
    """Every setting of one balancer."""
    sizer = Sizer(placed.written)
    network = placed.cluster.design.cidr
    sizer.set(
        "virtual_address",
        str(ipaddress.IPv4Address(int(network.network_address) + VIRTUAL_HOST)),
        "host number 10 of the network, which the plan leaves free",
        network=str(network),
    )
    _check_address(placed, sizer.done()["virtual_address"])
    sizer.set("interface", "eth0", "the usual name of the first interface; see `ip link` on the host")
    sizer.set("router_id", 51, "any number that no other group on the segment uses")
    sizer.set(
        "priority",
        HIGHEST_PRIORITY - PRIORITY_STEP * position(placed),
        "150 - 10 × place among the balancers",
        place=position(placed),
    )
    sizer.set(
        "advert_seconds",
        0.5,
        "the address moves after about 3 × this (measured: 3.5 s at 1 s, 0.6 s at 0.2 s); below 1 s needs version 3",
    )
    return sizer.done()


def _check_address(placed: Placed, address: str) -> None:
    """The shared address is one of the servers' network, and no server's own."""
    design = placed.cluster.design
    taken = {host.address: host.name for host in design.hosts}
    if address in taken:
        raise TierwrightError(
            f"{address} is the address of {taken[address]}; write another virtual_address for keepalived",
            place=Place(path=f"tier {placed.host.tier}"),
        )
    if ipaddress.IPv4Address(address) not in design.cidr:
        raise TierwrightError(
            f"{address} is not in the servers' network {design.cidr}; write another virtual_address for keepalived",
            place=Place(path=f"tier {placed.host.tier}"),
        )
