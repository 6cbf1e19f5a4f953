"""A server type, and the five built-in ones with the source of each figure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field

from topology.fields import Number
from topology.value import Value

BUILT_IN_CURRENCY = "USD"
HOURS_A_MONTH = 730
_TYPE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}", re.ASCII)


def check_type_name(text: str) -> str:
    """The name of a server type; raises ValueError with a sentence for anything else."""
    if not _TYPE_NAME.fullmatch(text):
        raise ValueError("use letters, digits, dots, hyphens and underscores, starting with a letter")
    return text


TypeName = Annotated[str, AfterValidator(check_type_name)]


class ServerType(Value):
    """A kind of machine."""

    cores: Annotated[int, Field(ge=1, le=1024)]
    """CPU cores (vCPU) that the operating system sees."""
    ram_mib: Annotated[int, Field(ge=128, le=32_000_000)]
    """Memory in MiB."""
    disk_gib: Annotated[Number, Field(gt=0, le=10_000_000)] | None = None
    """Disk in GiB; left out when storage is bought apart."""
    network_mbit: Annotated[Number, Field(gt=0, le=10_000_000)] | None = None
    """Sustained network rate in Mbit/s; left out when it is not known."""
    price_month: Annotated[Number, Field(ge=0, le=10_000_000)] | None = None
    """Price of one such machine for a month, in the plan's currency."""
    speed: Annotated[Number, Field(gt=0, le=20)] = 1
    """CPU speed of one core, relative to the reference core (AMD EPYC Milan) = 1."""


def _type(cores: int, ram_mib: int, network_mbit: float, hourly: float) -> ServerType:
    return ServerType(
        cores=cores, ram_mib=ram_mib, network_mbit=network_mbit, price_month=round(hourly * HOURS_A_MONTH, 2), speed=1
    )


BUILT_IN: Mapping[str, ServerType] = MappingProxyType(
    {
        "small": _type(2, 4096, 781, 0.0765),
        "medium": _type(4, 8192, 1562, 0.153),
        "large": _type(8, 16384, 3125, 0.306),
        "xlarge": _type(16, 32768, 6250, 0.612),
        "memory": _type(8, 32768, 3125, 0.3456),
    }
)
"""Amazon c6a.large to c6a.4xlarge, and m6a.2xlarge for `memory`: EPYC Milan, so speed 1 by definition.

Cores, memory and on-demand price in us-east-1: Apache Libcloud 3.9.1 price file, updated 2025-03-02, times
730 hours, without storage and traffic. Sustained network rate: Netflix service-capacity-modeling 0.3.212,
hardware profiles.
"""

BUILT_IN_SOURCE = "Amazon EC2 c6a and m6a on demand, us-east-1, price list of 2025-03-02, 730 hours a month"
