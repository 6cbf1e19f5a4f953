"""The figures that a forecast rests on, as a page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.figures import BASES, Shown, duration, figure, percent, size
from topology.capacity import Input

WORDS: Mapping[str, str] = {
    "peak_requests_per_second": "Peak, requests/s", "share": "Share of requests", "app_cpu_ms": "CPU in Python",
    "database_cpu_ms": "CPU of the database", "database_calls": "Database queries", "cache_lookups": "Cache look-ups",
    "cached_share": "From the cache", "disk_ms": "Disk of the database", "bytes": "Size of an answer",
}  # fmt: skip
"""Names of a plan file in words; one that is not here is shown as it is written."""
LEAST = 0.0005
"""An effect below this is none to a reader."""


@dataclass(frozen=True, kw_only=True)
class InputRow:
    """A figure in the table."""

    words: str
    of: str
    low: str
    """Empty where the figure has no range, as is `high`."""
    mid: str
    high: str
    effect: str
    """Such as -9.1 %; empty where it moves nothing."""
    basis: str
    source: str

    @property
    def basis_word(self) -> str:
        """The basis in a word that needs no glossary."""
        return Shown(figure="", basis=self.basis).basis_word

    @property
    def basis_title(self) -> str:
        """What the word means."""
        return BASES.get(self.basis, "")


def row_of(item: Input) -> InputRow:
    """An input as the table shows it."""
    found = item.figure
    exact = found.low == found.high
    return InputRow(
        words=WORDS.get(item.name, item.name),
        of=item.of,
        low="" if exact else _written(found.low, item.unit),
        mid=_written(found.mid, item.unit),
        high="" if exact else _written(found.high, item.unit),
        effect=_effect(item.effect),
        basis=found.basis,
        source=found.source,
    )


def _written(value: float, unit: str) -> str:
    if unit == "share":
        return f"{percent(value)} %"
    if unit == "ms":
        return duration(value)
    return size(value) if unit == "B" else figure(value)


def _effect(share: float) -> str:
    if abs(share) < LEAST:
        return ""
    return f"{'+' if share > 0 else '−'}{percent(abs(share))} %"
