"""Growth: when traffic that grows by a share each year meets each limit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Literal

from topology.capacity.answer import Growth, LimitDate, Number, Resource
from topology.capacity.crossings import Crossing
from topology.capacity.words import digits
from topology.design import Promise
from topology.value import Estimate, estimate
from topology.workload import Workload

MONTHS_A_YEAR = 12
DAYS_A_MONTH = 365.2425 / MONTHS_A_YEAR
FAR = 600.0
"""Months beyond which no date is worth naming (fifty years)."""
MOST_TIMES = 1e12
"""Times of today's peak beyond which nothing is told apart: what a peak that may be 0 can grow by has no end."""
_FULL: dict[Resource | Literal["headroom", "p95"], str] = {
    "cpu": "the CPU of {tier} is full",
    "disk": "the disk of {tier} is busy all the time",
    "network": "the network card of {tier} is full",
    "workers": "every worker of {tier} is held",
    "connections": "every connection of {tier} is in use",
    "headroom": "the promised headroom is used up",
    "p95": "the promised p95 no longer holds",
}


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


def months_between(factor: Number, growth_per_year: Estimate) -> Number | None:
    """The months with their range: earliest where least is left and traffic grows fastest, and the other way round.

    600 stands for fifty years or later; None where even the earliest is not before then.
    """
    earliest = months_until(factor.low, growth_per_year.high)
    if earliest is None:
        return None
    expected = months_until(factor.value, growth_per_year.mid)
    latest = months_until(factor.high, growth_per_year.low)
    return Number(
        value=FAR if expected is None else expected,
        low=earliest,
        high=FAR if latest is None else latest,
        kind="approximate",
        unit="months",
        why="12 ln(rate at the limit / peak) / ln(1 + growth a year); 600 stands for fifty years or later",
    )


def date_after(months: float, today: date) -> date:
    """The day so many months (of 30.44 days) after today; the last day that a calendar has where it is beyond."""
    days = timedelta(days=round(months * DAYS_A_MONTH))
    return today + days if days <= date.max - today else date.max


def growth_of(
    capacity: Number, workload: Workload, promise: Promise | None, crossings: Sequence[Crossing] = ()
) -> Growth | None:
    """How far the peak is from capacity, and when each limit is met; None where no capacity is claimed.

    `crossings` come lowest rate first, as they are found.
    """
    if capacity.value <= 0:
        return None
    factor = factor_of(capacity, workload.peak)
    growth = growth_estimate(workload)
    expected = None if growth is None else growth.mid
    months = None if expected is None else months_until(factor.value, expected)
    headroom = None if promise is None else promise.headroom
    kept = None if expected is None or headroom is None else months_until(factor.value * (1 - headroom), expected)
    limits = _limits(capacity, workload, headroom, crossings)
    return Growth(
        factor=factor,
        months=months,
        months_to_promise=kept,
        says=_growing(factor.value, expected, months, kept),
        limits=limits,
        if_nothing=if_nothing(limits),
    )


def growth_estimate(workload: Workload) -> Estimate | None:
    """Growth of the peak in a year, with its range where it has one."""
    return None if workload.growth_per_year is None else estimate(workload.growth_per_year)


def factor_of(rate: Number, peak: Estimate) -> Number:
    """A rate in times of today's peak."""
    return Number(
        value=_times(rate.value, peak.mid),
        low=_times(rate.low, peak.high),
        high=_times(rate.high, peak.low),
        kind="approximate",
        unit="times",
        why="capacity / peak",
    )


def _times(rate: float, peak: float) -> float:
    return min(MOST_TIMES, rate / peak) if peak > 0 else MOST_TIMES


def limit_date(
    tier: str, server: str, limit: Resource | Literal["headroom", "p95"], *, at_rps: Number, workload: Workload
) -> LimitDate:
    """When one limit is met at the workload's growth."""
    growth = growth_estimate(workload)
    factor = factor_of(at_rps, workload.peak)
    months = None if growth is None else months_between(factor, growth)
    what = _FULL[limit].format(tier=tier)
    says = f"{what[0].upper()}{what[1:]} at {digits(at_rps.value)} requests/s, {_span(factor, growth, months)}."
    return LimitDate(tier=tier, server=server, limit=limit, at_rps=at_rps, factor=factor, months=months, says=says)


def by_date(limits: Iterable[LimitDate]) -> tuple[LimitDate, ...]:
    """The limits in the order in which they are met."""
    return tuple(sorted(limits, key=lambda limit: limit.factor.value))


def if_nothing(limits: Sequence[LimitDate]) -> str:
    """What happens first if nothing is done, and what next; empty without growth."""
    coming = [limit for limit in limits if limit.months is not None]
    if not coming:
        return ""
    parts = [f"{_FULL[limit.limit].format(tier=limit.tier)} {_in_months(limit.months)}" for limit in coming[:2]]
    return f"If nothing is done, {', then '.join(parts)}."


def _limits(
    capacity: Number, workload: Workload, headroom: float | None, crossings: Sequence[Crossing]
) -> tuple[LimitDate, ...]:
    found = [limit_date(c.tier, c.server, c.resource, at_rps=c.at_rps, workload=workload) for c in crossings]
    if headroom is not None and crossings:
        left = 1 - headroom
        at_rps = Number(
            value=capacity.value * left,
            low=capacity.low * left,
            high=capacity.high * left,
            kind="approximate",
            unit="1/s",
            why="capacity * (1 - promised headroom)",
        )
        first = crossings[0]
        found.append(limit_date(first.tier, first.server, "headroom", at_rps=at_rps, workload=workload))
    return by_date(found)


def _span(factor: Number, growth: Estimate | None, months: Number | None) -> str:
    times = f"{digits(factor.value)} times today's peak"
    if growth is None:
        return times
    return f"{times}, {_in_months(months)}"


def _in_months(months: Number | None) -> str:
    if months is None:
        return "which is not in sight"
    if months.high == 0:
        return "already"
    expected = "later than in fifty years" if months.value >= FAR else f"in {_months(months.value)}"
    low, high = f"{months.low:.0f}", "later" if months.high >= FAR else f"{months.high:.0f}"
    return expected if low == high else f"{expected} ({low} to {high})"


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
    return "already" if months == 0 else f"in {_months(months)}"


def _months(months: float) -> str:
    return "1 month" if round(months) == 1 else f"{months:.0f} months"
