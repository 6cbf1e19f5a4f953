"""What to ask less of, and how much less, where nothing is feasible: the smallest change that makes something so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from topology.capacity.search.answer import Relax
from topology.capacity.search.assembly import Lifted
from topology.capacity.search.inputs import expected
from topology.capacity.search.objective import Constraint, Floats, Measures, Objective, margins
from topology.capacity.search.reasons import availability
from topology.capacity.search.space import PEAK, Lift, Option, TierSpace
from topology.capacity.search.tables import table
from topology.capacity.search.verification import Verified
from topology.capacity.words import digits, percent
from topology.design import MOST_SERVERS

DIGITS = 3
"""Significant digits to which a relaxed figure is rounded, away from what was asked."""


def nearest(found: Measures, objective: Objective, most: int) -> list[int]:
    """The candidates that break the fewest constraints, and of those the ones that break them least."""
    every = np.stack([value[:, 0] for value in margins(found, objective).values()])
    broken = np.minimum(every, 0.0)
    order = np.lexsort((found.cost[:, 0], -broken.sum(axis=0), (broken < 0).sum(axis=0)))
    return [int(place) for place in order[:most]]


def relax_of(found: Verified, objective: Objective) -> Relax:
    """What must be relaxed for this candidate, the constraint that is broken most first."""
    broken = {name: margin for name, margin in found.margins(objective).items() if margin < 0}
    order = sorted(broken, key=lambda name: broken[name])
    changed = {name: _reached(name, found) for name in order}
    first = order[0]
    also = tuple((name, changed[name]) for name in order[1:])
    return Relax(constraint=first, to=changed[first], says=_says(changed, objective), also=also)


def highest_rate(lifted: Lifted, objective: Objective) -> float:
    """The peak that the largest topology there can be carries with this headroom, requests per second; 0 for none."""
    values = expected(lifted.inputs)
    rate = float(values[0, PEAK])
    found = 0.0
    for by_tier in lifted.lifts:
        used = max(_least_used(lifts, lifted, values) for lifts in by_tier.values())
        found = max(found, math.inf if used <= 0 else rate * (1 - objective.headroom) / used)
    return 0.0 if math.isinf(found) else _rounded(found * (1 - 1e-9), up=False)


def rate_relaxed(rate: float) -> Relax:
    """The peak itself must be less."""
    return Relax(
        constraint="peak_requests_per_second",
        to=rate,
        says=f"No topology of these layouts carries the peak: at most {digits(rate)} requests/s with this headroom.",
    )


def _least_used(lifts: tuple[Lift, ...], lifted: Lifted, values: Floats) -> float:
    options = [Option(lift=place, count=MOST_SERVERS if lift.grows else 0) for place, lift in enumerate(lifts)]
    tier = TierSpace(name="tier", lifts=lifts, options=())
    return float(table(tier, options, lifted.classes, values).used[:, 0].min())


def relaxed(objective: Objective, change: Relax) -> Objective:
    """The objective with everything relaxed that must be."""
    changes: Mapping[str, Any] = dict([(change.constraint, change.to), *change.also])
    return replace(objective, **changes)


def _reached(name: Constraint, found: Verified) -> float:
    reached = {
        "p95_ms": found.p95_ms,
        "availability": found.forecast.availability.value,
        "headroom": max(0.0, found.forecast.headroom),
        "refused": found.refused,
        "budget": found.cost,
    }[name]
    if name == "availability":
        return 1 - _rounded(1 - reached, up=True)
    return _rounded(reached, up=name != "headroom")


def _rounded(value: float, *, up: bool) -> float:
    if value <= 0:
        return 0.0
    places = DIGITS - 1 - math.floor(math.log10(value))
    step = 10.0**places
    return float(f"{(math.ceil if up else math.floor)(value * step) / step:.15g}")


def _says(changed: Mapping[Constraint, float], objective: Objective) -> str:
    parts = [_part(name, to, objective) for name, to in changed.items()]
    return f"Nothing holds it all; the least change that makes something hold: {' and '.join(parts)}."


def _part(name: Constraint, to: float, objective: Objective) -> str:
    return {
        "p95_ms": f"p95 {digits(to)} ms instead of {digits(objective.p95_ms)}",
        "availability": f"availability {availability(to)} instead of {availability(objective.availability)}",
        "headroom": f"headroom {percent(to)} instead of {percent(objective.headroom)}",
        "refused": f"{percent(to)} of requests refused with one server dead instead of {percent(objective.refused)}",
        "budget": f"a budget of {objective.currency} {to:,.2f} instead of {objective.budget or 0:,.2f}",
    }[name]
