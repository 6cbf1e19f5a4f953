"""Settings of the name server."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.fields import check_address, check_slug


def _check_pair(text: str) -> str:
    name, sign, address = text.partition("=")
    if not sign:
        raise ValueError("write server=address, such as lb1=203.0.113.11")
    return f"{check_slug(name)}={check_address(address)}"


class Bind9Settings(Settings):
    """Settings of the role bind9; write them for the tier, since all name servers must say the same."""

    ttl: Annotated[int, Field(ge=5, le=86_400)] | None = None
    """Seconds that a resolver may keep an address; 60 by default."""
    public_addresses: tuple[Annotated[str, AfterValidator(_check_pair)], ...] | None = None
    """Public addresses of servers, as server=address; without one the zone holds the server's private address."""


def size(placed: Placed) -> Sizing:
    """Time to live."""
    sizer = Sizer(placed.written)
    sizer.set("ttl", 60, "how long clients hold to an address after somebody takes a dead balancer out of the zone")
    return sizer.done()


def public_addresses(placed: Placed) -> dict[str, str]:
    """Public address by server, as far as the plan says."""
    written: tuple[str, ...] = getattr(placed.written, "public_addresses", None) or ()
    return {name: address for name, _, address in (pair.partition("=") for pair in written)}
