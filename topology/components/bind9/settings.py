"""Settings of the name server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.fields import check_address, check_slug

VIRTUAL_TTL = 300


def _check_pair(text: str) -> str:
    inside, sign, outside = text.partition("=")
    if not sign:
        raise ValueError("write server=address, such as lb1=203.0.113.11")
    return f"{check_address(inside) if inside[:1].isdigit() else check_slug(inside)}={check_address(outside)}"


class Bind9Settings(Settings):
    """Settings of the role bind9; write them for the tier, since all name servers must say the same."""

    ttl: Annotated[int, Field(ge=5, le=86_400)] | None = None
    """Seconds that a resolver may keep an address; by default the time within which a dead server must be out."""
    public_addresses: tuple[Annotated[str, AfterValidator(_check_pair)], ...] | None = None
    """Public addresses, each as server=address, or as private=public for a virtual address; without one the zone
    holds the private address, which is of use inside the network only."""


def size(placed: Placed) -> Sizing:
    """Time to live."""
    sizer = Sizer(placed.written)
    cluster = placed.cluster
    entries = {host.name for host in cluster.hosts_offering("balancer")}
    virtual = {host.name for host in cluster.hosts_offering("vrrp")}
    moves = bool(entries) and entries <= virtual
    failover = cluster.limits.failover_seconds
    sizer.set(
        "ttl",
        VIRTUAL_TTL if moves else failover,
        "300 s (a rule of thumb): every balancer shares the virtual address, which stays the same when one dies"
        if moves
        else "the time within which a dead server must be out, counted from when somebody takes its address out",
        failover_seconds=failover,
    )
    return sizer.done()


def public_addresses(placed: Placed) -> Mapping[str, str]:
    """Public address by server name or private address, as far as the plan says."""
    written = placed.written.public_addresses if isinstance(placed.written, Bind9Settings) else None
    return {name: address for name, _, address in (pair.partition("=") for pair in written or ())}
