"""Why a stage now and why not, as sentences whose every number comes from two forecasts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from topology.capacity import Forecast, digits, percent
from topology.diff import listing
from topology.stages.base import Comparison
from topology.stages.sizing import needed_rps
from topology.stages.words import availability, times

SMALL_GAIN = 1.2
"""A gain under a fifth is called small: it is within the uncertainty of a calibrated forecast."""
MONTHS_A_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class Lasting:
    """How long a design lasts as it is."""

    factor: float
    """Times today's peak that it carries with the headroom kept free; below 1 it is used up."""
    factor_to_limit: float
    """Times today's peak at which the first limit is met."""
    months: float | None
    """Months until the headroom is used up at the workload's growth; None where it does not grow that far."""
    says: str


def lasting(forecast: Forecast, *, headroom: float, growth_per_year: float | None) -> Lasting:
    """Until when doing nothing is enough."""
    capacity, needed = forecast.capacity_rps.value, needed_rps(forecast, headroom)
    factor, limit = capacity / needed, capacity / forecast.offered_rps
    months = _months(factor, growth_per_year)
    return Lasting(
        factor=factor,
        factor_to_limit=limit,
        months=months,
        says=_lasts(forecast, factor, limit, months, growth_per_year),
    )


def why_now(comparison: Comparison, own: tuple[str, ...]) -> str:
    """What speaks for a stage: the limit that it lifts, what it gains, what stops being a single point."""
    return _sentences((*_gains(comparison), *own, *_safer(comparison))) or "Nothing in the forecast asks for it."


def why_not(comparison: Comparison, own: tuple[str, ...]) -> str:
    """What speaks against it: what is still enough, its cost, and what must be up besides."""
    small = own or tuple(_small(comparison))
    return _sentences((*_enough(comparison), *small, *_costs(comparison), *_frailer(comparison)))


def _gains(comparison: Comparison) -> Iterator[str]:
    before, after = comparison.before, comparison.after
    swapping = [host for host in before.hosts if host.memory.swaps]
    if swapping:
        name, use = swapping[0].name, swapping[0].memory
        yield f"memory is short: {name} needs {use.used:,.0f} MiB and has {use.total:,.0f}, so it swaps"
    elif before.breaks_first is not None:
        yield before.breaks_first.says.rstrip(".")
    if comparison.gain > 1.005:
        yield (
            f"with this stage the site carries {digits(after.capacity_rps.value)} requests/s,"
            f" {percent(comparison.gain - 1)} more"
        )
    elif before.capacity_rps.value <= 0 < after.capacity_rps.value:
        yield f"with this stage everything fits, and the site carries {digits(after.capacity_rps.value)} requests/s"


def _safer(comparison: Comparison) -> Iterator[str]:
    after = {point.name for point in comparison.after.single_points}
    saved = [point.name for point in comparison.before.single_points if point.name not in after]
    if saved:
        yield f"the site no longer depends on {listing(saved)} alone"
    yield from _availability(comparison, "rises")


def _enough(comparison: Comparison) -> Iterator[str]:
    before = comparison.before
    needed = needed_rps(before, comparison.headroom)
    if before.capacity_rps.value >= needed:
        state = lasting(before, headroom=comparison.headroom, growth_per_year=comparison.workload.yearly_growth)
        yield f"without it the site carries {digits(before.capacity_rps.value)} requests/s; {state.says}"


def _small(comparison: Comparison) -> Iterator[str]:
    if comparison.gain < SMALL_GAIN and comparison.before.capacity_rps.value > 0:
        gained = f"only {percent(comparison.gain - 1)} more" if comparison.gain > 1.005 else "no more"
        yield f"it carries {gained}, since it hardly relieves what breaks first"


def _costs(comparison: Comparison) -> Iterator[str]:
    before, after = comparison.before.cost_month, comparison.after.cost_month
    if before.amount is None or after.amount is None:
        yield "its price is not known, since a server type has none"
    elif after.amount > before.amount:
        more = after.amount - before.amount
        yield f"it costs {more:,.0f} {after.currency} a month more ({before.amount:,.0f} → {after.amount:,.0f})"


def _frailer(comparison: Comparison) -> Iterator[str]:
    before = {point.name for point in comparison.before.single_points}
    new = [point.name for point in comparison.after.single_points if point.name not in before]
    if new:
        yield f"{'one more server' if len(new) == 1 else f'{len(new)} more servers'} must be up: {listing(new)}"
    yield from _availability(comparison, "falls")


def _availability(comparison: Comparison, way: str) -> Iterator[str]:
    """A sentence where availability moves that way by as much as is shown."""
    before, after = comparison.before.availability.value, comparison.after.availability.value
    moves = "rises" if after > before else "falls"
    if moves == way and availability(before) != availability(after):
        yield f"availability {way} from {availability(before)} to {availability(after)}"


def _lasts(forecast: Forecast, factor: float, limit: float, months: float | None, growth: float | None) -> str:
    if forecast.capacity_rps.value <= 0:
        return "no capacity is claimed, since memory or connections do not suffice"
    at = f"the limit is {times(limit)} times today's peak"
    if factor < 1:
        return f"the headroom is used up already; {at}"
    kept = f"the headroom lasts until {times(factor)} times today's peak, and {at}"
    if growth is None:
        return f"{kept}; how fast traffic grows is not said"
    if months is None:
        return f"{kept}; at {percent(growth)} growth a year that is not in sight"
    return f"{kept}; at {percent(growth)} growth a year the headroom lasts {months:.0f} months"


def _months(factor: float, growth: float | None) -> float | None:
    if factor <= 1:
        return 0.0
    if growth is None or growth <= 0:
        return None
    return MONTHS_A_YEAR * math.log(factor) / math.log1p(growth)


def _sentences(parts: tuple[str, ...]) -> str:
    return " ".join(f"{part[0].upper()}{part[1:]}." for part in parts if part)
