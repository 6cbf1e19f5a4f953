"""How numbers are written for people: figures, units, ranges and where each comes from."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from topology.capacity import Number
from topology.value import Basis, Estimate

DASH = "–"
THIN = "\u202f"
"""A narrow space that does not break."""

UNITS = {"1/s": "requests/s", "share": "%"}
"""How a unit of the domain is written on a page; others stand as they are."""

BASES: dict[str, str] = {
    "measured": "read from the site's log or server",
    "given": "said by a person",
    "default": "from the table of measured demands",
    "guess": "a guess: treat it as such",
    "approximate": "an approximation: the formula's error is not known exactly",
    "simulated": "from a simulation, inside its confidence interval",
}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A number as a page shows it."""

    figure: str
    unit: str = ""
    range: str = ""
    """low to high, where they differ from the figure."""
    basis: str = ""
    """measured, given, default, guess, approximate or simulated; empty where it goes without saying."""
    why: str = ""

    @property
    def basis_word(self) -> str:
        """The basis in a word that needs no glossary."""
        return {"default": "table"}.get(self.basis, self.basis)

    @property
    def title(self) -> str:
        """What a person learns who points at the mark."""
        return self.why or BASES.get(self.basis, "")


def shown(amount: Number | Estimate | float, *, unit: str = "", basis: Basis | str = "") -> Shown:
    """Any amount of the domain as a page shows it; a share is written in percent."""
    if isinstance(amount, Number):
        kind = "" if amount.kind == "exact" else amount.kind
        return _ranged(amount.value, amount.low, amount.high, unit or amount.unit, basis or kind, amount.why)
    if isinstance(amount, Estimate):
        return _ranged(amount.mid, amount.low, amount.high, unit, basis or amount.basis, amount.source)
    return _ranged(amount, amount, amount, unit, basis, "")


def _ranged(value: float, low: float, high: float, unit: str, basis: str, why: str) -> Shown:
    write = percent if unit == "share" else figure
    ends = (write(low), write(high))
    return Shown(
        figure=write(value),
        unit=UNITS.get(unit, unit),
        range="" if ends[0] == ends[1] else f"{ends[0]}{DASH}{ends[1]}",
        basis=basis,
        why=why,
    )


def figure(value: float) -> str:
    """Three significant digits, thousands apart: 0.0402, 3.14, 12,300."""
    if not math.isfinite(value):
        return "∞" if value == math.inf else DASH
    if value == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(value)))
    text = f"{round(value, digits):,.{min(max(digits, 0), 9)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """A share in percent, without the sign: 0.4, 5.7, 34, 120."""
    if not math.isfinite(share):
        return figure(share)
    value = share * 100
    if value == 0:
        return "0"
    if abs(value) >= 9.95:
        return f"{value:,.0f}"
    if abs(value) < 0.01:
        return "<0.01"
    return f"{value:.1f}" if abs(value) >= 0.095 else f"{value:.2g}"


def nines(share: float) -> str:
    """An availability in percent, with as many nines as it has: 99.86, 99.993."""
    if not 0 <= share < 1:
        return percent(share)
    digits = min(6, max(1, 1 - math.floor(math.log10((1 - share) * 100))))
    return f"{share * 100:.{digits}f}"


def count(value: float) -> str:
    """A whole number with thousands apart: 10,000."""
    return f"{value:,.0f}"


def size(value: float) -> str:
    """Bytes in the unit that fits: 812 B, 12.3 KiB, 2.56 MiB."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(value) < 1000:
            return f"{figure(value)} {unit}"
        value /= 1024
    return f"{figure(value)} TiB"


def duration(milliseconds: float) -> str:
    """Milliseconds in the unit that fits: 12.3 ms, 4.56 s."""
    return f"{figure(milliseconds)} ms" if abs(milliseconds) < 1000 else f"{figure(milliseconds / 1000)} s"


def moment(text: str) -> str:
    """A log's own clock in words: `2015-05-17T10:05:00` as 17 May 2015, 10:05, and an hour as its span."""
    day, _, clock = text.partition("T")
    try:
        date = datetime.date.fromisoformat(day)
    except ValueError:
        return text
    words = f"{date.day} {date:%B %Y}"
    if not clock:
        return words
    hour = int(clock[:2])
    return f"{words}, {clock[:5] if ':' in clock else f'{hour}:00{DASH}{hour + 1}:00'}"


def written(value: object) -> str:
    """A value as a plan file writes it: true, where Python writes True."""
    return str(value).lower() if isinstance(value, bool) else str(value)
