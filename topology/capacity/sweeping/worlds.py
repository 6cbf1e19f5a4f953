"""Many candidates in many worlds: how probable it is that each holds the promise, and what it costs to be wrong."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from topology.capacity.answer import Number
from topology.capacity.engine import ENGINE
from topology.capacity.search.construction import promised
from topology.capacity.search.evaluation import evaluate, measured
from topology.capacity.search.inputs import expected
from topology.capacity.search.objective import Objective, holds
from topology.capacity.search.question import Asked, asked
from topology.capacity.search.space import Space
from topology.capacity.sweeping.build import BUILD
from topology.capacity.sweeping.cutting import Piece
from topology.capacity.sweeping.tally import Floats, Numbers, Tally, Tell, joined, tally
from topology.design import Design
from topology.errors import Place, TierwrightError
from topology.hardware import BUILT_IN, ServerType
from topology.value import Value
from topology.workload import Workload

MOST_CANDIDATES, MOST_WORLDS, MOST_SEED = 100_000, 10_000, 2**32
SURE = 0.95
"""Share of the worlds in which a candidate must hold to be sure enough, where nothing else is asked."""
TOP = 20
"""Candidates that are told one by one."""
_WILSON = 1.959963984540054
"""Quantile of the normal distribution for 95 %."""
_ENDS = (0.05, 0.5, 0.95)


class ManyWorlds(Value):
    """The question of a sweep over candidates and worlds: everything that its answer depends on."""

    kind: Literal["worlds"] = "worlds"
    engine: str
    build: str
    """The code and the machine that the figures hang on (`build.BUILD`)."""
    seed: int
    worlds: int
    sure: float
    """Share of the worlds in which the promise should hold, above 0 and up to 1."""
    space: Space
    candidates: tuple[int, ...]
    """Numbers of candidates of the space, rising."""
    skeletons: tuple[Design, ...]
    """The layouts that the space was made of, so that a candidate can become a plan."""
    names: tuple[str, ...]
    workload: Workload
    types: Mapping[str, ServerType]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns to be cut: candidates and worlds."""
        return len(self.candidates), self.worlds

    def work(self, piece: Piece, tell: Tell) -> dict[str, Any]:
        """One piece, as plain data."""
        return tally(self.space, self.candidates, piece, seed=self.seed, tell=tell).document(piece)

    def join(self, parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """The answer, from pieces that cover everything once; in what order they come makes no difference."""
        rows, columns = self.shape
        return _answer(self, joined(parts, candidates=rows, worlds=columns))


def many_worlds(
    skeletons: Sequence[Design],
    workload: Workload,
    objective: Objective,
    *,
    types: Mapping[str, ServerType] = BUILT_IN,
    names: Sequence[str] = (),
    seed: int = 0,
    worlds: int = 256,
    most: int = 10_000,
    sure: float = SURE,
) -> ManyWorlds:
    """The question over the candidates of a search: at most `most`, those that hold as expected first, cheapest first.

    Skeletons, types and names are those of `cheapest`. Raises TierwrightError for what cannot be asked, and where no
    candidate comes near.
    """
    _check(worlds, most, sure, seed)
    search = asked(skeletons, workload, objective, types=types, names=names)
    space = search.lifted(worlds=worlds).space(objective)
    if not space.size:
        raise TierwrightError("no topology holds this at the expected load; the search says what to relax")
    return ManyWorlds(
        engine=ENGINE,
        build=BUILD,
        seed=seed,
        worlds=worlds,
        sure=sure,
        space=space,
        candidates=_worth_a_look(space, most),
        skeletons=search.skeletons,
        names=search.names,
        workload=search.workload,
        types=search.types,
    )


def candidate_design(question: ManyWorlds, candidate: int) -> Design:
    """A candidate, by its number, as a plan of its own with workload and promise; IndexError where there is none."""
    objective = question.space.objective
    search = Asked(
        skeletons=question.skeletons,
        workload=question.workload,
        objective=objective,
        types=question.types,
        names=question.names,
    )
    found = search.lifted(worlds=question.worlds)
    return promised(found.design(question.space, candidate), question.workload, objective)


def _check(worlds: int, most: int, sure: float, seed: int) -> None:
    rules = (
        ("seed", 0 <= seed < MOST_SEED, f"a seed is a whole number from 0 to below {MOST_SEED:,}"),
        ("worlds", 1 <= worlds <= MOST_WORLDS, f"a sweep has from 1 to {MOST_WORLDS:,} worlds"),
        ("candidates", 1 <= most <= MOST_CANDIDATES, f"a sweep has from 1 to {MOST_CANDIDATES:,} candidates"),
        ("sure", 0 < sure <= 1, "how sure the promise should be is a share above 0 and up to 1, such as 0.95"),
    )
    for path, kept, sentence in rules:
        if not kept:
            raise TierwrightError(sentence, place=Place(path=path))


def _worth_a_look(space: Space, most: int) -> tuple[int, ...]:
    """Candidates that hold in the expected world before those that do not, the cheapest of each first."""
    numbers = np.arange(space.size, dtype=np.int64)
    if space.size > most:
        found = measured(space, numbers, expected(space.inputs))
        fails = ~holds(found, space.objective)[:, 0]
        numbers = np.sort(np.lexsort((numbers, found.cost[:, 0], fails))[:most])
    return tuple(numbers.tolist())


def _answer(question: ManyWorlds, whole: Tally) -> dict[str, Any]:
    shares = whole.holds / question.worlds
    cents = np.round(whole.cost, 2)
    order = np.lexsort((np.arange(len(cents)), cents, np.where(shares >= question.sure, -1.0, -shares)))
    first = [int(row) for row in order[:TOP]]
    front = _front(cents, whole.holds)
    regrets = _regrets(whole)
    least = min(range(len(cents)), key=lambda row: (regrets[row], row)) if regrets else None
    named = {*first, *front} if least is None else {*first, *front, least}
    told = _told(question, whole, sorted(named), regrets)
    return {
        "kind": question.kind,
        "engine": question.engine,
        "seed": question.seed,
        "worlds": question.worlds,
        "candidates": len(question.candidates),
        "currency": question.space.objective.currency,
        "sure": question.sure,
        "worlds_with_an_answer": int(np.isfinite(whole.least).sum()),
        "winner": told[first[0]] if shares[first[0]] >= question.sure else None,
        "least_regret": None if least is None else told[least],
        "ranking": [told[row] for row in first],
        "front": [told[row] for row in front],
        "tally": _digest(whole, question),
    }


def _front(cents: Floats, counts: Numbers) -> list[int]:
    """Candidates that hold in more worlds than every cheaper one, cheapest first; at most TOP, with both ends."""
    kept: list[int] = []
    for row in np.lexsort((np.arange(len(cents)), -counts, cents)):
        if counts[row] > (counts[kept[-1]] if kept else 0):
            kept.append(int(row))
    if len(kept) <= TOP:
        return kept
    places = np.unique(np.round(np.linspace(0, len(kept) - 1, TOP)).astype(int))
    return [kept[place] for place in places]


def _regrets(whole: Tally) -> list[float]:
    """Mean cost a month of each candidate's having been chosen before knowing (`search.answer.Chance.regret`).

    Sums are rounded once (`math.fsum`), so they do not hang on an order; empty where nothing holds in any world.
    """
    least = [value for value in whole.least.tolist() if math.isfinite(value)]
    if not least:
        return []
    costs = whole.cost.tolist()
    by_cost = {cost: math.fsum(abs(cost - value) for value in least) / len(least) for cost in dict.fromkeys(costs)}
    return [by_cost[cost] for cost in costs]


def _told(question: ManyWorlds, whole: Tally, rows: list[int], regrets: list[float]) -> dict[int, dict[str, Any]]:
    """Candidates one by one; their response times are worked out once more, for those few over all worlds."""
    numbers = [question.candidates[row] for row in rows]
    found = [evaluate(question.space, range(n, n + 1), range(question.worlds), seed=question.seed) for n in numbers]
    told = {}
    for row, number, measures in zip(rows, numbers, found, strict=True):
        low, middle, high = (float(value) for value in np.quantile(measures.p95_ms[0], _ENDS))
        told[row] = {
            "candidate": number,
            **_layout(question.space, number),
            "cost_month": round(float(whole.cost[row]), 2),
            "holds": _share(int(whole.holds[row]), question.worlds),
            "by_constraint": {name: int(counts[row]) / question.worlds for name, counts in whole.by_constraint.items()},
            "p95_ms": {"low": low, "mid": middle, "high": high},
            "regret_month": regrets[row] if regrets else None,
        }
    return told


def _layout(space: Space, number: int) -> dict[str, Any]:
    skeleton, places = space.locate(number)
    tiers = []
    for tier, place in zip(space.skeletons[skeleton].tiers, places, strict=True):
        option = tier.options[place]
        lift = tier.lifts[option.lift]
        settings = [{"role": role, "setting": name, "value": value} for role, name, value in lift.settings]
        tiers.append({"name": tier.name, "servers": tier.servers(option), "type": lift.type_name, "settings": settings})
    return {"stage": space.skeletons[skeleton].name, "tiers": tiers}


def _share(count: int, of: int) -> dict[str, Any]:
    """A share of drawn worlds, with the 95 % interval of Wilson 1927; a Latin hypercube does no worse than chance."""
    share, z2 = count / of, _WILSON**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _WILSON * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return Number(
        value=share,
        low=min(share, max(0.0, middle - half)),
        high=max(share, min(1.0, middle + half)),
        kind="simulated",
        unit="share",
        why=f"{count:,} of {of:,} worlds",
    ).document()


def _digest(whole: Tally, question: ManyWorlds) -> str:
    rows, columns = question.shape
    text = json.dumps(whole.document(Piece(rows=range(rows), columns=range(columns))), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
