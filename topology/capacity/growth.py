"""Growth: when traffic that grows by a share each year meets a limit."""

from __future__ import annotations

import math

from topology.capacity.answer import Growth, Number
from topology.capacity.words import digits
from topology.design import Promise
from topology.workload import Workload

MONTHS_A_YEAR = 12
FAR = 600.0
"""Months beyond which no date is worth naming (fifty years)."""


def months_until(factor: float, growth_per_year: float) -> float | None:
    """Months until traffic is `factor` times today's: 12 ln(factor) / ln(1 + growth).

    0 where it is already there; None where traffic does not grow that far, or later than in fifty years.
    """
    if factor <= 1:
        return 0.0
    if growth_per_year <= 0:
        return None
    months = MONTHS_A_YEAR * math.log(factor) / math.log1p(growth_per_year)
    return months if months <= FAR else None


def growth_of(capacity: Number, workload: Workload, promise: Promise | None) -> Growth | None:
    """How far the peak is from capacity, and when it is there; None where no capacity is claimed."""
    peak = workload.peak
    if capacity.value <= 0:
        return None
    factor = Number(
        value=capacity.value / peak.mid,
        low=capacity.low / peak.high,
        high=capacity.high / peak.low if peak.low > 0 else capacity.high / peak.mid,
        kind="approximate",
        unit="times",
        why="capacity / peak",
    )
    growth = workload.growth_per_year
    months = None if growth is None else months_until(factor.value, growth)
    headroom = None if promise is None else promise.headroom
    kept = None if growth is None or headroom is None else months_until(factor.value * (1 - headroom), growth)
    return Growth(
        factor=factor, months=months, months_to_promise=kept, says=_growing(factor.value, growth, months, kept)
    )


def _growing(factor: float, growth: float | None, months: float | None, kept: float | None) -> str:
    if factor <= 1:
        return f"The first limit lies at {digits(factor)} times today's peak: it is met already."
    times = f"The first limit is met at {digits(factor)} times today's peak"
    if growth is None:
        return f"{times}; say how fast traffic grows (growth_per_year), and this has a date."
    if months is None:
        return f"{times}, which is not in sight at {growth * 100:+.0f} % a year."
    promised = "" if kept is None else f"; the promised headroom is used up {_when(kept)}"
    return f"{times}, in {months:.0f} months at {growth * 100:+.0f} % a year{promised}."


def _when(months: float) -> str:
    return "already" if months == 0 else f"in {months:.0f} months"
