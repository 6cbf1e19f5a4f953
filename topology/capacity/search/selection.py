"""The search: lift, screen, verify; then the front, why the others lost, what to relax, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from topology.capacity.search.answer import Chance, Cheapest, Found, Loser, Relax
from topology.capacity.search.assembly import Lifted
from topology.capacity.search.construction import promised
from topology.capacity.search.doubt import chances, doubt_of
from topology.capacity.search.evaluation import measured
from topology.capacity.search.inputs import expected
from topology.capacity.search.objective import Measures, Objective, holds
from topology.capacity.search.options import Slope
from topology.capacity.search.question import asked, check_worlds
from topology.capacity.search.reasons import differences, layout, why
from topology.capacity.search.relaxation import highest_rate, nearest, rate_relaxed, relax_of
from topology.capacity.search.space import Lift, Option, Space, with_option
from topology.capacity.search.verification import Swaps, Verified, Verifier, by_forecast, verified
from topology.design import MOST_SERVERS, Design
from topology.hardware import BUILT_IN, ServerType
from topology.workload import Workload

MOST_TRIES = 100
"""Candidates that are verified before the search gives up on what its screen promises."""
NEAR = 8
"""Candidates that are verified for what is nearest to holding."""
APART = 0.03
"""Members of the front differ by at least this share in response time or unavailability."""
RIVALS = 24
"""Candidates beside the front that regret is measured against."""
_NO_ROOM = 1e-9
Progress = Callable[[str], None]


def cheapest(
    skeletons: Sequence[Design],
    workload: Workload,
    objective: Objective,
    *,
    types: Mapping[str, ServerType] = BUILT_IN,
    names: Sequence[str] = (),
    seed: int = 0,
    worlds: int = 64,
    verify: int = 5,
    verifier: Verifier = by_forecast,
    progress: Progress = lambda text: None,
) -> Cheapest:
    """The cheapest topology that holds what is promised at the workload's peak, over server types, counts and settings.

    `skeletons` are designs whose tiers and roles stand, called by `names` (their own, where none are given); prices of
    `types` are in the objective's currency. At most `verify` members of the front are worked out beside the winner;
    `verifier` says what a design does, by default the forecast. Doubt is over `worlds` worlds, drawn with `seed`: the
    same seed gives the same answer. Raises TierwrightError for what cannot be asked.
    """
    check_worlds(worlds)
    question = asked(skeletons, workload, objective, types=types, names=names)
    progress("resolving every tier on every server type")
    found = question.lifted(worlds=worlds)
    progress("weighing candidates")
    search = _Search(
        lifted=found,
        workload=question.workload,
        objective=objective,
        verifier=verifier,
        seed=seed,
        worlds=worlds,
        most=verify,
    )
    return search.answer(progress)


@dataclass(frozen=True)
class _Search:
    """One search in the making."""

    lifted: Lifted
    workload: Workload
    objective: Objective
    verifier: Verifier
    seed: int
    worlds: int
    most: int

    extra: tuple[tuple[int, int, Option], ...] = ()
    """Skeleton, tier and option that are weighed besides those that the sieve leaves."""

    @cached_property
    def space(self) -> Space:
        """Candidates that hold what a tier can hold by itself."""
        found = self.lifted.space(self.objective)
        for skeleton, tier, option in self.extra:
            found = with_option(found, skeleton, tier, option)
        return found

    @cached_property
    def wide(self) -> Space:
        """Candidates of which some hold less."""
        return self.lifted.space(self.objective, strict=False)

    @cached_property
    def measures(self) -> Measures:
        """Of every candidate, in the expected world."""
        return self._measured(self.space)

    @cached_property
    def feasible(self) -> NDArray[np.int64]:
        """Candidates that hold everything by the screen: cheapest first, of equal ones the quickest."""
        kept = np.flatnonzero(holds(self.measures, self.objective)[:, 0])
        order = np.lexsort((-self.measures.availability[kept, 0], self.measures.p95_ms[kept, 0], self._cents(kept)))
        return np.asarray(kept[order], dtype=np.int64)

    def answer(self, progress: Progress) -> Cheapest:
        """Put the parts together."""
        winner = next(self._holding(self.feasible), None)
        if winner is None:
            return self._infeasible(progress)
        candidate, best = winner
        neighbours = list(self._neighbours(candidate))
        better = [near for near in neighbours if near.verified.holds(self.objective)]
        if better:
            step = min(better, key=lambda near: near.verified.cost)
            return replace(self, extra=(*self.extra, (step.skeleton, step.tier, step.option))).answer(progress)
        progress("working out the front and what the others lack")
        front = self._front(candidate, best)
        chance = chances(
            self.space, [number for number, _ in front], self._rivals(), worlds=self.worlds, seed=self.seed
        )
        members = tuple(self._found(n, item, c) for (n, item), c in zip(front, chance, strict=True))
        return Cheapest(
            winner=members[0],
            front=_unbeaten(members),
            losers=(*self._near_losers(best, neighbours), *self._other_layouts(candidate, best)),
            candidates=self.space.size,
            relax=None,
            doubt=doubt_of(self.space, candidate, worlds=self.worlds, seed=self.seed),
            notes=self._notes(),
        )

    def _holding(self, candidates: Sequence[int] | NDArray[np.int64]) -> Iterator[tuple[int, Verified]]:
        """Those of the candidates that hold by the forecast too, in their order; for so many tries."""
        swaps = Swaps(self.space)
        left = MOST_TRIES
        for number in candidates:
            if left > 0 and not swaps.rules_out(int(number)):
                left -= 1
                found = self._verified(self.space, int(number))
                if found.swaps:
                    swaps.learn(int(number), found.swaps)
                if found.holds(self.objective):
                    yield int(number), found

    def _verified(self, space: Space, candidate: int, *, deaths: bool = True) -> Verified:
        skeleton, _ = space.locate(candidate)
        design = promised(self.lifted.design(space, candidate), self.workload, self.objective)
        return verified(design, self.lifted.frames[skeleton], self.verifier, deaths=deaths)

    def _measured(self, space: Space) -> Measures:
        return measured(space, np.arange(space.size, dtype=np.int64), expected(space.inputs))

    def _cents(self, candidates: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray(np.round(self.measures.cost[candidates, 0], 2))

    def _front(self, candidate: int, best: Verified) -> list[tuple[int, Verified]]:
        """The winner, then others that trade money for time or availability, with clear steps between them."""
        chosen = [number for number in self._apart(APART) if number != candidate]
        picks = _evenly(chosen, self.most)
        return [(candidate, best), *self._holding(picks)]

    def _apart(self, step: float) -> list[int]:
        """Feasible candidates, cheapest first, each at least a step better in something than every cheaper one."""
        left = self.feasible
        kept = []
        while left.size:
            first = int(left[0])
            kept.append(first)
            p95 = self.measures.p95_ms[left, 0]
            down = np.maximum(1 - self.measures.availability[left, 0], _NO_ROOM)
            better = (p95 < p95[0] * (1 - step)) | (down < down[0] * (1 - step))
            left = left[better]
        return kept

    def _rivals(self) -> list[int]:
        return _evenly(self._apart(APART), RIVALS)

    def _found(self, candidate: int, item: Verified, chance: Chance) -> Found:
        skeleton, _ = self.space.locate(candidate)
        return Found(
            skeleton=self.lifted.names[skeleton],
            design=item.design,
            forecast=item.forecast,
            refused=item.refused,
            chance=chance,
        )

    def _neighbours(self, candidate: int) -> Iterator[_Near]:
        """What would be cheaper than the winner by one step in one tier: a server less, or others of another type."""
        skeleton, places = self.space.locate(candidate)
        tiers = self.space.skeletons[skeleton].tiers
        chosen = [tier.options[place] for tier, place in zip(tiers, places, strict=True)]
        for number, tier in enumerate(tiers):
            for option in _cheaper(tier.lifts, chosen[number]):
                choices = [option if n == number else own for n, own in enumerate(chosen)]
                found = self._verified(self.lifted.single(self.objective, skeleton, choices), 0)
                yield _Near(skeleton=skeleton, tier=number, option=option, verified=found)

    def _near_losers(self, best: Verified, neighbours: Sequence[_Near]) -> Iterator[Loser]:
        for near in neighbours:
            what = "; ".join(differences(best.design, near.verified.design))
            yield Loser(
                skeleton=self.lifted.names[near.skeleton],
                design=near.verified.design,
                why=f"{what}: {why(near.verified, self.objective)}",
            )

    def _other_layouts(self, candidate: int, best: Verified) -> Iterator[Loser]:
        """The best of every layout that did not win."""
        own, _ = self.space.locate(candidate)
        for number, name in enumerate(self.lifted.names):
            if number != own:
                found = self._best_of(number)
                says = f"{name} ({layout(found.design)}): {why(found, self.objective, dearer_than=best.cost)}"
                yield Loser(skeleton=name, design=found.design, why=says)

    def _best_of(self, skeleton: int) -> Verified:
        """The cheapest of a layout that holds, else the one that is nearest to it, else the largest."""
        start = sum(item.size for item in self.space.skeletons[:skeleton])
        own = self.feasible[(self.feasible >= start) & (self.feasible < start + self.space.skeletons[skeleton].size)]
        if own.size:  # it is only dearer: what a death does to it was weighed, and is not what is said of it
            return self._verified(self.space, int(own[0]), deaths=False)
        near = next(self._nearest(self.lifted.only(self.wide, skeleton)), None)
        return near or self._largest(skeleton)

    def _largest(self, skeleton: int) -> Verified:
        """A layout that cannot carry the peak, on the largest servers there are."""
        values = expected(self.lifted.inputs)[0]
        choices = []
        for lifts in self.lifted.lifts[skeleton].values():
            used = [Slope(lift, self.lifted.classes, values) for lift in lifts]
            loads = [(u.used(max(1, lift.least)), -lift.ram_mib) for u, lift in zip(used, lifts, strict=True)]
            place = loads.index(min(loads))
            count = used[place].least_count(1 - self.objective.headroom) if lifts[place].grows else 0
            count = MOST_SERVERS if count is None else max(count, lifts[place].least)
            choices.append(Option(lift=place, count=count))
        return self._verified(self.lifted.single(self.objective, skeleton, choices), 0)

    def _nearest(self, space: Space) -> Iterator[Verified]:
        if space.size:
            for number in nearest(self._measured(space), self.objective, NEAR):
                yield self._verified(space, number)

    def _infeasible(self, progress: Progress) -> Cheapest:
        progress("nothing holds it all: looking for what to relax")
        close = [found for found in self._nearest(self.wide) if not found.swaps]
        close.sort(key=self._distance)
        layouts = [self._best_of(number) for number in range(len(self.lifted.names))]
        losers = tuple(
            Loser(skeleton=name, design=item.design, why=f"{name} ({layout(item.design)}): {why(item, self.objective)}")
            for name, item in zip(self.lifted.names, layouts, strict=True)
        )
        return Cheapest(
            winner=None,
            front=(),
            losers=losers,
            candidates=self.wide.size,
            relax=self._relax(close),
            doubt=None,
            notes=self._notes(),
        )

    def _relax(self, close: Sequence[Verified]) -> Relax | None:
        if close:
            return relax_of(close[0], self.objective)
        rate = highest_rate(self.lifted, self.objective)
        return rate_relaxed(rate) if rate > 0 else None

    def _distance(self, found: Verified) -> tuple[int, float, float]:
        broken = [-margin for margin in found.margins(self.objective).values() if margin < 0]
        return len(broken), sum(broken), found.cost

    def _notes(self) -> tuple[str, ...]:
        seen = self.workload.observed
        notes = []
        if seen is not None and self.space.seen is None:
            notes.append("The observation could not be used; costs are those of the table.")
        if all(item.basis != "measured" for item in self.space.inputs[4:]):
            notes.append("No cost of a request was measured on this site, so the answer is an order of magnitude.")
        return tuple(notes)


@dataclass(frozen=True, kw_only=True)
class _Near:
    """A candidate that differs from the winner in one tier."""

    skeleton: int
    tier: int
    option: Option
    verified: Verified


def _cheaper(lifts: Sequence[Lift], option: Option) -> Iterator[Option]:
    """One server less; and, for the next cheaper and the next dearer type, as many of it as still cost less."""
    own = lifts[option.lift]
    if own.grows and option.count > own.least:
        yield Option(lift=option.lift, count=option.count - 1)
    budget = own.price * (own.fixed + option.count) - 0.005
    fitting = []
    for place, lift in enumerate(lifts):
        count = min(MOST_SERVERS, int(budget / lift.price) - lift.fixed) if lift.grows and lift.price > 0 else 0
        affordable = count >= lift.least if lift.grows else lift.price * lift.fixed <= budget
        if lift.type_name != own.type_name and not lift.settings and affordable:
            fitting.append(Option(lift=place, count=count))
    below = [item for item in fitting if lifts[item.lift].price <= own.price]
    above = [item for item in fitting if lifts[item.lift].price > own.price]
    yield from sorted(below, key=lambda item: -lifts[item.lift].price)[:1]
    yield from sorted(above, key=lambda item: lifts[item.lift].price)[:1]


def _unbeaten(members: Sequence[Found]) -> tuple[Found, ...]:
    """Those that no other beats, by the verified figures, cheapest first."""
    figures = [_figures(member) for member in members]
    kept = [
        member
        for member, own in zip(members, figures, strict=True)
        if not any(other != own and all(a <= b for a, b in zip(other, own, strict=True)) for other in figures)
    ]
    return tuple(sorted(kept, key=_figures))


def _figures(member: Found) -> tuple[float, float, float]:
    return (
        float(member.forecast.cost_month.amount or 0),
        member.forecast.latency_ms["p95"].value,
        1 - member.forecast.availability.value,
    )


def _evenly(numbers: Sequence[int], most: int) -> list[int]:
    """At most so many of them, with the first and the last."""
    if len(numbers) <= most:
        return list(numbers)
    if most <= 0:
        return []
    places = np.unique(np.round(np.linspace(0, len(numbers) - 1, most)).astype(int))
    return [numbers[place] for place in places]
