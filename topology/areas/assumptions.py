"""What the numbers of a design were worked out from: the workload, the promise, and what its servers cost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from topology import document
from topology.areas.seals import digest_of
from topology.design import Design
from topology.hardware import KNOWN, currency_of
from topology.workload import Workload


def assumptions_of(
    design: Design, workload: Workload | None = None, *, types: Iterable[str] | None = None
) -> dict[str, Any]:
    """The assumptions as plain data; `workload` is the one used where the plan names a file or another was given.

    `types` are the server types whose prices count, by default all that the servers have.
    """
    asked = workload or design.workload
    names = design.servers_by_type() if types is None else types
    return {
        "workload": document.to_data(asked) if asked else {},
        "promise": document.to_data(design.promise) if design.promise else {},
        "currency": design.currency,
        "prices": {name: _price(design, name) for name in sorted(names)},
    }


def assumptions_digest(design: Design, workload: Workload | None = None) -> str:
    """SHA-256 of the canonical JSON of the assumptions."""
    return digest_of(assumptions_of(design, workload))


def _price(design: Design, name: str) -> list[Any]:
    """What a server of that type costs a month, and in which currency."""
    own, known = design.server_types.get(name), KNOWN.get(name)
    if own is not None:
        return [own.price_month, design.currency]
    return [known.price_month if known else None, currency_of(name) if known else None]
