"""A space made of skeletons: lifted, with the options of every tier that may be part of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from topology.capacity.search.construction import Choice, Frame, built
from topology.capacity.search.inputs import Input, expected
from topology.capacity.search.lifting import Problem, classes_of, frame_of, lifts, problem_of, seen_of
from topology.capacity.search.objective import Objective
from topology.capacity.search.options import Sieve, Weighed, every_option
from topology.capacity.search.space import Class, Lift, Option, Skeleton, Space, TierSpace
from topology.capacity.search.tables import table
from topology.components import Limits
from topology.design import Design
from topology.hardware import ServerType
from topology.workload import Workload

MOST_CANDIDATES = 60_000
"""Above this options are taken for equal that differ little in response time, ever more until the rest is as few."""
COARSER = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Shares of the promised response time, tried in turn."""


@dataclass(frozen=True, kw_only=True)
class Lifted:
    """Skeletons that were resolved, from which spaces are made and to which candidates go back."""

    frames: tuple[Frame, ...]
    names: tuple[str, ...]
    lifts: tuple[Mapping[str, tuple[Lift, ...]], ...]
    classes: tuple[Class, ...]
    inputs: tuple[Input, ...]
    problem: Problem
    space_of_worlds: Space
    """A space without skeletons: the rest is the same for all."""

    def space(self, objective: Objective, *, strict: bool = True) -> Space:
        """The space for an objective, without the options that cannot be part of an answer (`options.Sieve`)."""
        sieve = Sieve(classes=self.classes, values=expected(self.inputs), objective=objective, strict=strict)
        weighed = [_weighed(by_tier, sieve) for by_tier in self.lifts]
        for coarse in COARSER:
            skeletons = tuple(
                _skeleton(name, by_tier, tiers, coarse)
                for name, by_tier, tiers in zip(self.names, self.lifts, weighed, strict=True)
            )
            if sum(skeleton.size for skeleton in skeletons) <= MOST_CANDIDATES:
                break
        return self.space_of_worlds.model_copy(update={"objective": objective, "skeletons": skeletons})

    def whole(self, objective: Objective, most: int) -> Space:
        """Every lift with every count up to `most`: nothing is left out."""
        skeletons = (
            Skeleton(
                name=name,
                tiers=tuple(
                    TierSpace(name=tier, lifts=found, options=every_option(found, most))
                    for tier, found in by_tier.items()
                ),
            )
            for name, by_tier in zip(self.names, self.lifts, strict=True)
        )
        return self.space_of_worlds.model_copy(update={"objective": objective, "skeletons": tuple(skeletons)})

    def single(self, objective: Objective, skeleton: int, choices: Sequence[Option]) -> Space:
        """The space of one candidate, number 0."""
        tiers = tuple(
            TierSpace(name=tier, lifts=found, options=(option,))
            for (tier, found), option in zip(self.lifts[skeleton].items(), choices, strict=True)
        )
        return self._alone(objective, skeleton, Skeleton(name=self.names[skeleton], tiers=tiers))

    def only(self, space: Space, skeleton: int) -> Space:
        """The candidates of one skeleton of a space."""
        return self._alone(space.objective, skeleton, space.skeletons[skeleton])

    def design(self, space: Space, candidate: int) -> Design:
        """The design of a candidate."""
        number, places = space.locate(candidate)
        choices = {}
        for tier, place in zip(space.skeletons[number].tiers, places, strict=True):
            option = tier.options[place]
            lift = tier.lifts[option.lift]
            choices[tier.name] = Choice(type_name=lift.type_name, count=option.count, settings=lift.settings)
        return built(self.frames[number], choices, self.problem.types, self.problem.objective.currency)

    def _alone(self, objective: Objective, skeleton: int, kept: Skeleton) -> Space:
        """Other skeletons stand in their places without an option, so that numbers of skeletons stay what they are."""
        skeletons = tuple(
            kept if number == skeleton else _empty(name, by_tier)
            for number, (name, by_tier) in enumerate(zip(self.names, self.lifts, strict=True))
        )
        return self.space_of_worlds.model_copy(update={"objective": objective, "skeletons": skeletons})


def lifted(
    skeletons: Sequence[Design],
    workload: Workload,
    objective: Objective,
    types: Mapping[str, ServerType],
    *,
    worlds: int,
    names: Sequence[str],
) -> Lifted:
    """Every skeleton resolved on every server type."""
    problem = problem_of(workload, skeletons[0], types, objective)
    frames = tuple(frame_of(design, problem.workload) for design in skeletons)
    found = tuple(lifts(frame, problem) for frame in frames)
    seen = seen_of(problem, skeletons[0])
    inputs = tuple(problem.register.inputs)
    classes = classes_of(problem.workload)
    empty = Space(
        objective=objective,
        classes=classes,
        inputs=inputs,
        skeletons=(),
        seen=seen,
        strata=worlds,
        cap_ms=1000.0 * Limits().request_seconds,
    )
    return Lifted(
        frames=frames,
        names=tuple(names),
        lifts=found,
        classes=classes,
        inputs=inputs,
        problem=problem,
        space_of_worlds=empty,
    )


def space_of(
    skeletons: Sequence[Design],
    workload: Workload,
    objective: Objective,
    types: Mapping[str, ServerType],
    *,
    worlds: int,
    names: Sequence[str] = (),
    most: int | None = None,
) -> Space:
    """The space of a search, to be evaluated piece by piece: worlds are drawn `worlds` to a Latin hypercube.

    With `most` every count up to it is a candidate; without, only those that may be part of an answer.
    """
    names = names or [design.name for design in skeletons]
    found = lifted(skeletons, workload, objective, types, worlds=worlds, names=names)
    return found.space(objective) if most is None else found.whole(objective, most)


def _empty(name: str, by_tier: Mapping[str, tuple[Lift, ...]]) -> Skeleton:
    tiers = tuple(TierSpace(name=tier, lifts=found, options=()) for tier, found in by_tier.items())
    return Skeleton(name=name, tiers=tiers)


def _weighed(by_tier: Mapping[str, tuple[Lift, ...]], sieve: Sieve) -> dict[str, Weighed]:
    """The tiers from the innermost out, since a slot is held while those further in work."""
    inner = np.zeros((len(sieve.classes), 1))
    found = {}
    for name, tier_lifts in reversed(tuple(by_tier.items())):
        tier = TierSpace(name=name, lifts=tier_lifts, options=())
        found[name] = sieve.weighed(tier, inner)
        if found[name].options:
            inner = inner + table(tier, found[name].options, sieve.classes, sieve.values).plain.max(axis=0)
    return found


def _skeleton(
    name: str, by_tier: Mapping[str, tuple[Lift, ...]], weighed: Mapping[str, Weighed], coarse: float
) -> Skeleton:
    tiers = tuple(
        TierSpace(name=tier, lifts=tier_lifts, options=weighed[tier].thinned(coarse))
        for tier, tier_lifts in by_tier.items()
    )
    return Skeleton(name=name, tiers=tiers)
