"""Forecasts of random plans, every input exact, beside simulations of the same plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median, quantiles
from typing import Any

from tests import builders
from tests.evidence import Cell, Evidence
from topology.capacity import Simulated, forecast, simulate
from topology.capacity.latency import Figure
from topology.design import Design
from topology.workload import Workload

ISSUE = 2
PLANS = 120
SEED = 20261125
BANDS = ((0.0, 0.5), (0.5, 0.8), (0.8, 0.95))
SHOWN: tuple[Figure, ...] = ("mean", "p95", "p99")
EXACT = {"basis": "measured", "source": "a generated site"}
TYPES = {
    f"cores{cores}": {"cores": cores, "ram_mib": 32768, "network_mbit": 100_000, "price_month": 10.0 * cores}
    for cores in (1, 2, 4, 8)
}


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A plan at a load: what was forecast and what was simulated."""

    load: float
    found: Simulated

    def error(self, figure: Figure) -> float:
        """Of the forecast against the simulation, as a share."""
        return self.found.forecast.latency_ms[figure].value / self.found.latency_ms[figure].value - 1

    def held(self, figure: Figure) -> bool:
        """The forecast's range holds what was simulated."""
        number = self.found.forecast.latency_ms[figure]
        return number.low <= self.found.latency_ms[figure].value <= number.high


def measure() -> Evidence:
    """The error by load, and how often the ranges hold."""
    pairs = tuple(pairs_of(PLANS, most_requests=400_000))
    rows = tuple(row for band in BANDS for row in _rows(pairs, band))
    held = [pair.held(figure) for pair in pairs for figure in SHOWN if pair.found.agrees is not None]
    return Evidence(
        title="Forecasts beside simulations",
        command="bin/evidence 2 --only forecast_accuracy",
        passed=sum(held) >= 0.95 * len(held),
        columns=("load", "plans", "figure", "median error %", "nine in ten %", "largest %", "bias %", "in the range"),
        rows=rows,
        text=(
            f"{PLANS} plans (seed {SEED}): one to six web servers of one to eight cores, with or without a balancer,"
            " with or without a connection pool, 2 to 34 worker slots a server, the database on its own, pages of"
            " 5 to 80 ms that ask it one to ten times; load is the peak over the forecast's capacity. The ranges are"
            " those of the formulas' own error alone, since no input is a guess; promised is that they hold 19 of 20"
            " figures. What is furthest off has few"
            " workers, or is very near its limit."
        ),
    )


def pairs_of(count: int, *, most_requests: int) -> Iterator[Pair]:
    """Plans drawn at random, the same for the same count and seed."""
    random = Random(SEED)
    for number in range(count):
        design, one = _plan(random)
        low, high = BANDS[number % len(BANDS)]
        load = random.uniform(max(low, 0.1), high)
        rate = load * forecast(design, one).capacity_rps.value
        yield Pair(load=load, found=simulate(design, one.at(rate), seed=number, most_requests=most_requests))


def _plan(random: Random) -> tuple[Design, Workload]:
    """A plan, and its workload at one request a second."""
    slots = {"workers": random.choice((2, 4, 9, 17)), "threads": random.choice((1, 2))}
    web: list[Any] = ["nginx", {"gunicorn": slots}, *random.choice(([], ["pgbouncer"]))]
    tiers = [
        {"name": "web", "servers": _servers(random, random.randint(1, 6)), "roles": web},
        {"name": "db", "servers": _servers(random, 1), "roles": ["postgresql"]},
    ]
    if random.random() < 0.7:
        tiers.insert(0, {"name": "lb", "servers": _servers(random, 1), "roles": ["haproxy"]})
    python = random.uniform(5, 80)
    page = {
        "share": 1,
        "app_cpu_ms": _exactly(python),
        "database_cpu_ms": _exactly(python * random.uniform(0.05, 0.6)),
        "database_calls": _exactly(float(random.randint(1, 10))),
        "disk_ms": _exactly(0.0),
        "cache_lookups": _exactly(0.0),
        "bytes": {"mean": 10_000},
    }
    design = builders.newspaper(
        server_types=TYPES, tiers=tiers, workload={"peak_requests_per_second": 1.0, "classes": {"page": page}}
    )
    assert isinstance(design.workload, Workload)
    return design, design.workload


def _servers(random: Random, count: int) -> dict[str, Any]:
    return {"count": count, "type": random.choice(tuple(TYPES))}


def _exactly(value: float) -> dict[str, Any]:
    return {"low": value, "mid": value, "high": value, **EXACT}


def _rows(pairs: Sequence[Pair], band: tuple[float, float]) -> Iterator[tuple[Cell, ...]]:
    inside = [pair for pair in pairs if band[0] <= pair.load < band[1] and pair.found.agrees is not None]
    for figure in SHOWN:
        errors = [pair.error(figure) for pair in inside]
        sizes = sorted(abs(error) for error in errors)
        yield (
            f"{band[0]:g} to {band[1]:g}",
            len(inside),
            figure,
            round(100 * median(sizes), 1),
            round(100 * quantiles(sizes, n=10)[-1], 1),
            round(100 * sizes[-1], 1),
            round(100 * sum(errors) / len(errors), 1),
            f"{sum(pair.held(figure) for pair in inside)} of {len(inside)}",
        )
