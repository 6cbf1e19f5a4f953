"""A design simulated request by request at its peak, and beside it what the formulas say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from topology.capacity.answer import Forecast, Number
from topology.capacity.engine import DEFAULT_LIMITS, forecast, workload_of
from topology.capacity.folding import SmallCluster, cluster_of
from topology.capacity.latency import Figure
from topology.capacity.limits import Limits
from topology.capacity.scenario import PAGES, Scenario
from topology.capacity.simulation import Outcome, StreamOutcome
from topology.capacity.simulation import simulate as run
from topology.capacity.study import study_of
from topology.capacity.words import digits
from topology.components import Limits as ClusterLimits
from topology.demands import surroundings_of
from topology.design import Design
from topology.value import estimate
from topology.workload import Workload

FIGURES: tuple[Figure, ...] = ("mean", "p50", "p95", "p99")
PRECISION = 0.02
MOST_REQUESTS = 1_000_000
_COMPARED: tuple[Figure, ...] = ("mean", "p95")
FEWER = 0.2
"""The worlds at the ends of the inputs' ranges are simulated with this share of the requests: their range is wide."""


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """What came out of a simulation, at the workload's peak with every input as expected."""

    plan_digest: str
    engine: str
    seed: int
    requests: int
    """Requests that were simulated."""
    precise: bool
    """Whether the figures are as sure as was asked for."""
    offered_rps: float
    throughput_rps: Number
    refused: Number
    """Share of the requests that found no place to wait."""
    latency_ms: Mapping[Figure, Number]
    """Of pages and API calls (of all requests, where there are none); the range is that of the simulation."""
    over_inputs_ms: Mapping[Figure, Number]
    """The same over the ranges of the inputs; empty where one end cannot be carried."""
    cpu: Mapping[str, Number]
    """Busy share of the cores of a server, by tier: of its busiest kind."""
    forecast: Forecast
    """What the formulas say of the same."""
    saturated: str
    """Where a queue grows without end, as a sentence; empty where none does."""
    says: str
    """Whether formulas and simulation agree, as a sentence."""

    @property
    def agrees(self) -> bool | None:
        """The simulated mean and 95th percentile lie in the formulas' ranges; None where either has none."""
        ours, theirs = self.latency_ms, self.forecast.latency_ms
        if not ours or not theirs:
            return None
        return all(theirs[name].low <= ours[name].value <= theirs[name].high for name in _COMPARED)

    def document(self) -> dict[str, Any]:
        """Plain data, ready for JSON; what there is not is null."""
        formulas = self.forecast
        return {
            "plan_digest": self.plan_digest,
            "engine": self.engine,
            "seed": self.seed,
            "requests": self.requests,
            "precise": self.precise,
            "offered_rps": self.offered_rps,
            "throughput_rps": self.throughput_rps.document(),
            "refused": self.refused.document(),
            "latency_ms": {name: _document(self.latency_ms.get(name)) for name in FIGURES},
            "over_inputs_ms": {name: _document(self.over_inputs_ms.get(name)) for name in FIGURES},
            "tiers": [{"name": tier, "utilisation": {"cpu": number.document()}} for tier, number in self.cpu.items()],
            "formulas": {
                "capacity_rps": formulas.capacity_rps.document(),
                "latency_ms": {name: _document(formulas.latency_ms.get(name)) for name in FIGURES},
            },
            "agrees": self.agrees,
            "saturated": self.saturated or None,
            "says": self.says,
        }


def simulate(
    design: Design,
    workload: Workload | None = None,
    *,
    limits: ClusterLimits = DEFAULT_LIMITS,
    lost: Collection[str] = (),
    seed: int = 1,
    precision: float = PRECISION,
    most_requests: int = MOST_REQUESTS,
) -> Simulated:
    """Simulate a design at the peak of a workload (by default its own), with servers `lost` if any are named.

    The same seed gives the same answer. Raises TierwrightError as `forecast` does.
    """
    asked = workload or workload_of(design)
    small = cluster_of(design, asked, limits=limits, lost=lost)
    worlds = study_of(small.cluster, asked).without(small.lost).worlds
    peak = asked.peak
    scenario = _scenario(asked, worlds[0], float(peak.mid))
    outcome = run(scenario.model, seed=seed, precision=precision, most_requests=most_requests)
    fewer = max(2_000, int(most_requests * FEWER))
    ends = [
        run(_scenario(asked, world, rate).model, seed=seed, precision=precision, most_requests=fewer)
        for world, rate in _ends(worlds, float(peak.low), float(peak.high))
    ]
    beside = forecast(design, asked, limits=limits, lost=lost)
    latency = _milliseconds(_counted(outcome))
    return Simulated(
        plan_digest=beside.plan_digest,
        engine=beside.engine,
        seed=seed,
        requests=outcome.requests + sum(end.requests for end in ends),
        precise=outcome.precise,
        offered_rps=float(peak.mid),
        throughput_rps=outcome.overall.throughput,
        refused=outcome.overall.refused,
        latency_ms=latency,
        over_inputs_ms=_over_inputs(latency, [_milliseconds(_counted(end)) for end in ends]),
        cpu=_cpu(small, scenario, outcome),
        forecast=beside,
        saturated=outcome.saturated,
        says=_says(outcome, latency, beside),
    )


def _document(number: Number | None) -> dict[str, Any] | None:
    return None if number is None else number.document()


def _scenario(workload: Workload, world: Limits, rate: float) -> Scenario:
    """Users of a closed load ask as fast as they are answered; without them requests come at the rate."""
    users = None if workload.users is None else max(1, round(estimate(workload.users).mid))
    return Scenario(
        limits=world,
        rate=rate,
        dispersion=_dispersion(workload),
        users=users,
        think=float(surroundings_of(workload).think_seconds.mid),
    )


def _dispersion(workload: Workload) -> float:
    """Variance of the counts of one second over their mean: 1 is Poisson, and what is smoother is taken for it."""
    return 1.0 if workload.burstiness is None else max(1.0, float(estimate(workload.burstiness).mid))


def _ends(worlds: tuple[Limits, ...], low: float, high: float) -> list[tuple[Limits, float]]:
    """The worlds beside the expected one, each at the rate that makes it extreme: the dear ones at the high one."""
    middle = sum(worlds[0].state.cpu.values())
    return [(world, high if sum(world.state.cpu.values()) >= middle else low) for world in worlds[1:]]


def _counted(outcome: Outcome) -> StreamOutcome:
    return outcome.streams.get(PAGES, outcome.overall)


def _milliseconds(stream: StreamOutcome) -> dict[Figure, Number]:
    found: dict[Figure, Number] = {}
    for figure in FIGURES:
        number: Number | None = getattr(stream, figure)
        if number is not None:
            found[figure] = Number(
                value=number.value * 1000,
                low=number.low * 1000,
                high=number.high * 1000,
                kind="simulated",
                unit="ms",
                why=number.why,
            )
    return found


def _over_inputs(middle: Mapping[Figure, Number], ends: list[dict[Figure, Number]]) -> dict[Figure, Number]:
    if not middle or any(not end for end in ends):
        return {}
    return {
        figure: Number(
            value=number.value,
            low=min(number.low, *(end[figure].value for end in ends)),
            high=max(number.high, *(end[figure].value for end in ends)),
            kind="simulated",
            unit="ms",
            why="simulated with every input at its low and at its high end",
        )
        for figure, number in middle.items()
    }


def _cpu(small: SmallCluster, scenario: Scenario, outcome: Outcome) -> dict[str, Number]:
    found: dict[str, Number] = {}
    for kind in scenario.kinds:
        busy = outcome.stations[kind.cpu].utilisation
        tier = small.cluster.host(kind.hosts[0]).tier
        if busy is not None and (tier not in found or busy.value > found[tier].value):
            found[tier] = busy
    return found


def _says(outcome: Outcome, latency: Mapping[Figure, Number], beside: Forecast) -> str:
    if outcome.saturated:
        return outcome.saturated
    formulas = beside.latency_ms.get("p95")
    if not latency or formulas is None:
        return "The formulas give no response time here, so there is nothing to compare."
    ours = latency["p95"]
    within = formulas.low <= ours.value <= formulas.high
    return (
        f"95 of 100 pages are answered within {digits(ours.value)} ms ({digits(ours.low)} to {digits(ours.high)});"
        f" the formulas say {digits(formulas.value)} ms ({digits(formulas.low)} to {digits(formulas.high)}),"
        f" {'which agrees' if within else 'which does not agree: trust the simulation'}."
    )
