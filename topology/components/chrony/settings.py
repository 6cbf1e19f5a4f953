"""Settings of chrony."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from topology.components.base import Placed, Settings, Sizer, Sizing
from topology.fields import check_address, check_domain

POOLS = {"debian12": "2.debian.pool.ntp.org", "ubuntu2404": "ntp.ubuntu.com"}
"""What the package of each system asks by itself."""


def _check_server(text: str) -> str:
    return check_address(text) if text[:1].isdigit() else check_domain(text)


class ChronySettings(Settings):
    """Settings of the role chrony."""

    servers: Annotated[tuple[Annotated[str, AfterValidator(_check_server)], ...], Field(max_length=10)] | None = None
    """Time servers, by name or address; by default the pool of the distribution."""
    managed: bool | None = None
    """Whether the plan keeps the time; false where the provider's agent or something else does."""


def size(placed: Placed) -> Sizing:
    """Where the time comes from."""
    written = placed.written if isinstance(placed.written, ChronySettings) else ChronySettings()
    sizer = Sizer(ChronySettings(managed=written.managed))
    pool = POOLS[placed.cluster.design.system]
    formula = "as written in the plan" if written.servers else "the pool that the package of the distribution asks"
    sizer.set("source_names", " ".join(written.servers or (pool,)), formula)
    sizer.set("is_pool", not written.servers, "a pool is one name for many servers")
    sizer.set("managed", True, "unless the plan says that something else keeps the time")
    return sizer.done()
