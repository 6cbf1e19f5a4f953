"""How sure the answer is: the promise over worlds of the uncertain inputs, regret, and what to measure next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from topology.capacity.search.answer import Chance, Doubt, Influence
from topology.capacity.search.evaluation import agreeing, measured, sampled
from topology.capacity.search.inputs import Input, at_share, sample
from topology.capacity.search.objective import Measures, holds, margins
from topology.capacity.search.space import Space
from topology.capacity.words import digits, percent

Floats = NDArray[np.float64]
_ENDS = (0.05, 0.5, 0.95)
_NOTHING = 1e-12
KNOWN = np.array([1 / 6, 1 / 2, 5 / 6])
"""Where an input may turn out to be, as shares of the worlds that lie below."""
LEAST = 0.005
"""Influences below this share are not told apart from none."""


def chances(space: Space, candidates: Sequence[int], rivals: Sequence[int], *, worlds: int, seed: int) -> list[Chance]:
    """The chance of each candidate; regret is against whichever of them and their rivals holds at least cost."""
    values = sampled(space, range(worlds), seed=seed)
    numbers = np.array(list(dict.fromkeys((*candidates, *rivals))), dtype=np.int64)
    found = measured(space, numbers, values)
    kept = holds(found, space.objective)
    least = np.min(np.where(kept, found.cost, np.inf), axis=0)
    by_constraint = {name: margin >= 0 for name, margin in margins(found, space.objective).items()}
    rows = [int(np.flatnonzero(numbers == candidate)[0]) for candidate in candidates]
    return [
        Chance(
            holds=float(kept[row].mean()),
            by_constraint={name: float(held[row].mean()) for name, held in by_constraint.items()},
            p95_ms=_ends(found.p95_ms[row]),
            regret=_regret(found.cost[row], least),
        )
        for row in rows
    ]


def doubt_of(space: Space, candidate: int, *, worlds: int, seed: int) -> Doubt:
    """Which inputs the margin of a candidate hangs on.

    The margin of a world is that of the constraint that is nearest to being broken. Each input in turn is held at one
    value in every world, all others as drawn: at a low, the expected and a high one, since nobody knows what it will
    turn out to be. The share of the margin's variance that goes on average is its influence: what knowing it is
    expected to shrink (the first-order effect, by conditioning; Sobol 1993).
    """
    inputs = space.inputs
    drawn = sample(inputs, range(worlds), strata=space.strata, seed=seed)
    open_ = [place for place, item in enumerate(inputs) if item.open]
    sets = [drawn]
    for place in open_:
        for value in at_share(inputs[place], KNOWN):
            known = drawn.copy()
            known[:, place] = value
            sets.append(known)
    values = np.concatenate(sets)
    values = values if space.seen is None else agreeing(values, space.seen)
    margin = _margin(measured(space, np.array([candidate]), values), space).reshape(len(sets), worlds)
    variance = margin.var(axis=1)
    if variance[0] <= _NOTHING:
        return Doubt(worlds=worlds, influences=(), measure="")
    left = variance[1:].reshape(-1, len(KNOWN)).mean(axis=1)
    shrinks = np.clip(1 - left / variance[0], 0.0, 1.0)
    listed = [_influence(inputs[place], float(share)) for place, share in zip(open_, shrinks, strict=True)]
    strongest = tuple(sorted((i for i in listed if i.shrinks >= LEAST), key=lambda item: -item.shrinks))
    return Doubt(worlds=worlds, influences=strongest, measure=_measure(strongest))


def _margin(found: Measures, space: Space) -> Floats:
    """Of the nearest constraint; what costs money is known."""
    every = [value for name, value in margins(found, space.objective).items() if name != "budget"]
    return np.asarray(np.minimum.reduce(every)[0])


def _influence(item: Input, share: float) -> Influence:
    return Influence(name=item.name, basis=item.basis, low=item.low, mid=item.mid, high=item.high, shrinks=share)


def _measure(influences: Sequence[Influence]) -> str:
    if not influences:
        return ""
    first = influences[0]
    known = {"guess": "a guess now", "default": "taken from a table now"}.get(first.basis, f"{first.basis} now")
    return (
        f"Find out {first.name} ({known}: {digits(first.low)} to {digits(first.high)}, taken as {digits(first.mid)}):"
        f" {percent(first.shrinks)} of the doubt about the promise comes from it."
    )


def _ends(figures: Floats) -> tuple[float, float, float]:
    low, middle, high = (float(value) for value in np.quantile(figures, _ENDS))
    return low, middle, high


def _regret(cost: Floats, least: Floats) -> float | None:
    possible = np.isfinite(least)
    if not bool(possible.any()):
        return None
    return float(np.abs(cost[possible] - least[possible]).mean())
