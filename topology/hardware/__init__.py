"""Server types: what a machine has, the built-in ones, and a catalogue of others with the source of each figure."""

from __future__ import annotations

from topology.hardware.offers import KNOWN, OFFERS, Offer, currency_of, offer, source_of
from topology.hardware.own_types import read_types, types_from_csv
from topology.hardware.price_list import types_from_price_list
from topology.hardware.server_type import (
    BUILT_IN,
    BUILT_IN_CURRENCY,
    BUILT_IN_SOURCE,
    HOURS_A_MONTH,
    ServerType,
    TypeName,
    check_type_name,
)

__all__ = [
    "BUILT_IN", "BUILT_IN_CURRENCY", "BUILT_IN_SOURCE", "HOURS_A_MONTH", "KNOWN", "OFFERS", "Offer", "ServerType",
    "TypeName", "check_type_name", "currency_of", "offer", "read_types", "source_of", "types_from_csv",
    "types_from_price_list",
]  # fmt: skip
