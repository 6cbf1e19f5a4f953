"""Candidates a second: the screen beside Netflix's service-capacity-modeling, in turns on the same core.

The two do not answer the same question. Theirs sizes one cluster for each instance type and drive by rules, and says
nothing of latency; ours predicts utilisation and response times of a whole topology.
"""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from topology.capacity.screen import open_tiers, worker_and_pool
from topology.capacity.screen.warm import warm

MODELS = ("org.netflix.stateless-java", "org.netflix.postgres", "org.netflix.evcache")
REGION = "us-east-1"
TIERS = 6


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Candidates a CPU second: medians over rounds."""

    open_network: float
    worker_and_pool: float
    theirs: dict[str, float]
    """By the name of their model."""


def measure(*, rounds: int, candidates: int, models: tuple[str, ...] = MODELS) -> Rates:
    """Each in turn, `rounds` times over, so that a busy machine slows all alike."""
    warm()
    runs: dict[str, tuple[int, Callable[[], object]]] = {
        "open": (candidates, open_network(candidates)),
        "pool": (candidates // 8, pools(candidates // 8)),
        **{name: theirs(name) for name in models},
    }
    for _, run in runs.values():
        run()
    spent: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, (_, run) in runs.items():
            start = time.process_time()
            run()
            spent[name].append(time.process_time() - start)
    rate = {name: count / statistics.median(spent[name]) for name, (count, _) in runs.items()}
    return Rates(open_network=rate["open"], worker_and_pool=rate["pool"], theirs={name: rate[name] for name in models})


def open_network(count: int) -> Callable[[], object]:
    """Random topologies of six tiers with one to eight hosts of one to eight cores, at most nine tenths full."""
    random = np.random.default_rng(1)
    hosts, cores = random.integers(1, 9, (count, TIERS)), random.integers(1, 9, (count, TIERS))
    seconds = random.uniform(0.001, 0.05, (count, TIERS))
    rate = random.uniform(0.1, 0.9, count) * (hosts * cores / seconds).min(axis=1)
    return lambda: open_tiers(rate, hosts=hosts, cores=cores, seconds=seconds)


def pools(count: int) -> Callable[[], object]:
    """Random layered systems as in docs/accuracy.md, at a tenth to nine tenths of what cores and database can do."""
    random = np.random.default_rng(2)
    hosts, cores = random.integers(1, 9, count), random.integers(1, 9, count)
    cpu, database_cores = random.uniform(0.02, 0.2, count), random.integers(1, 17, count)
    database = cpu * random.uniform(0.2, 1.2, count) * database_cores / (hosts * cores)
    workers = cores * random.integers(1, 9, count)
    given: dict[str, Any] = {
        "rate": random.uniform(0.1, 0.9, count) * np.minimum(hosts * cores / cpu, database_cores / database),
        "hosts": hosts, "cores": cores, "workers": workers, "calls": random.integers(1, 11, count),
        "connections": np.maximum(1, workers // random.integers(1, 5, count)), "cpu_seconds": cpu,
        "database_cores": database_cores, "database_seconds": database,
    }  # fmt: skip
    return lambda: worker_and_pool(**given)


def theirs(name: str) -> tuple[int, Callable[[], object]]:
    """Their candidates (instance types with drives that pass their own filters) for a model, and one plan over them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        planner: Any = import_module("service_capacity_modeling.capacity_planner").planner
        desired: Any = import_module("service_capacity_modeling.interface")
    desires = desired.CapacityDesires(
        service_tier=1,
        query_pattern=desired.QueryPattern(
            estimated_read_per_second=desired.certain_int(10_000),
            estimated_write_per_second=desired.certain_int(1_000),
        ),
        data_shape=desired.DataShape(estimated_state_size_gib=desired.certain_float(100)),
    )
    model = planner.models[name]
    merged = desires.merge_with(model.default_desires(desires, {}))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it reads its catalogue in a way that Python will drop
        count = sum(1 for _ in planner.generate_scenarios(model, REGION, merged, 3, None, None, None))
    return count, lambda: planner.plan_certain(model_name=name, region=REGION, desires=desires, num_results=3)
