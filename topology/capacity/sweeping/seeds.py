"""One design simulated with many seeds: runs that know nothing of each other, and what they agree on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from topology.capacity.answer import Number
from topology.capacity.engine import ENGINE, workload_of
from topology.capacity.simulated import FIGURES, Simulated, simulate
from topology.capacity.simulation.interval import student
from topology.capacity.sweeping.build import BUILD
from topology.capacity.sweeping.cutting import Piece
from topology.capacity.sweeping.tally import Tell
from topology.design import Design
from topology.errors import Place, TierwrightError
from topology.value import Value
from topology.workload import Workload

MOST_SEED = 2**31
LEAST_SEEDS, MOST_SEEDS = 8, 10_000
"""From 8 on Student's t is known closely enough."""
LEAST_REQUESTS, MOST_REQUESTS = 10_000, 100_000_000
_CONFIDENCE = 0.95


class ManySeeds(Value):
    """The question of a sweep over seeds: everything that its answer depends on."""

    kind: Literal["seeds"] = "seeds"
    engine: str
    build: str
    """The code and the machine that the figures hang on (`build.BUILD`)."""
    seed: int
    """The first; the others follow."""
    seeds: int
    most_requests: int
    """Requests of one run at most; fewer where the figures are precise before."""
    design: Design
    workload: Workload

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns to be cut: one design, and seeds."""
        return 1, self.seeds

    def work(self, piece: Piece, tell: Tell) -> dict[str, Any]:
        """One piece, as plain data."""
        runs = []
        for number in piece.columns:
            found = simulate(self.design, self.workload, seed=self.seed + number, most_requests=self.most_requests)
            runs.append(_run(found))
            tell((number + 1 - piece.columns.start) / len(piece.columns))
        return {"rows": [0, 1], "columns": [piece.columns.start, piece.columns.stop], "runs": runs}

    def join(self, parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """The answer, from pieces that cover every seed once; in what order they come makes no difference."""
        runs = [run for part in sorted(parts, key=lambda part: part["columns"]) for run in part["runs"]]
        saturated = next((run["saturated"] for run in runs if run["saturated"]), None)
        known = not saturated and all(run["latency_ms"] for run in runs)
        return {
            "kind": self.kind,
            "engine": self.engine,
            "seed": self.seed,
            "seeds": self.seeds,
            "requests": sum(run["requests"] for run in runs),
            "saturated": saturated,
            "latency_ms": {
                name: _mean([run["latency_ms"][name] for run in runs], "ms").document() if known else None
                for name in FIGURES
            },
            "refused": _mean([run["refused"] for run in runs], "share", most=1.0).document(),
            "runs": runs,
        }


def many_seeds(
    design: Design,
    workload: Workload | None = None,
    *,
    seed: int = 1,
    seeds: int = 32,
    most_requests: int = 1_000_000,
) -> ManySeeds:
    """The question about a design at the peak of a workload, by default its own; raises TierwrightError as
    `simulate` does, and for what cannot be asked."""
    rules = (
        ("seed", 0 <= seed < MOST_SEED, f"a seed is a whole number from 0 to below {MOST_SEED:,}"),
        ("seeds", LEAST_SEEDS <= seeds <= MOST_SEEDS, f"take from {LEAST_SEEDS} to {MOST_SEEDS:,} seeds"),
        (
            "requests",
            LEAST_REQUESTS <= most_requests <= MOST_REQUESTS,
            f"a run has from {LEAST_REQUESTS:,} to {MOST_REQUESTS:,} requests",
        ),
    )
    for path, kept, sentence in rules:
        if not kept:
            raise TierwrightError(sentence, place=Place(path=path))
    asked = workload or workload_of(design)
    return ManySeeds(
        engine=ENGINE, build=BUILD, seed=seed, seeds=seeds, most_requests=most_requests, design=design, workload=asked
    )


def _run(found: Simulated) -> dict[str, Any]:
    return {
        "seed": found.seed,
        "requests": found.requests,
        "latency_ms": {name: found.latency_ms[name].value for name in FIGURES if name in found.latency_ms},
        "refused": found.refused.value,
        "saturated": found.saturated or None,
    }


def _mean(values: Sequence[float], unit: str, most: float = math.inf) -> Number:
    """Of runs that know nothing of each other, with its 95 % interval; sums are rounded once."""
    count = len(values)
    mean = math.fsum(values) / count
    variance = math.fsum((value - mean) ** 2 for value in values) / (count - 1)
    half = student(_CONFIDENCE, count - 1) * math.sqrt(variance / count)
    return Number(
        value=mean,
        low=max(0.0, mean - half),
        high=min(most, mean + half),
        kind="simulated",
        unit=unit,
        why=f"mean of {count:,} runs with seeds of their own, with its 95 % interval",
    )
