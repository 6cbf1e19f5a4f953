"""Small searches for tests: the layouts of a site, a workload, and round server types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from topology.capacity import Cheapest, Objective, cheapest
from topology.components import catalogue
from topology.design import Design
from topology.document import from_data
from topology.hardware import ServerType
from topology.value import Estimate
from topology.workload import RequestClass, Workload

SITE = {"tierwright": 1, "name": "shop", "sites": [{"name": "shop", "domains": ["www.example.com"]}]}
TYPES: Mapping[str, ServerType] = {
    "little": ServerType(cores=1, ram_mib=2048, network_mbit=500, price_month=10),
    "middle": ServerType(cores=2, ram_mib=4096, network_mbit=1000, price_month=19),
    "big": ServerType(cores=4, ram_mib=8192, network_mbit=2000, price_month=40),
}
"""Prices that make two of one type about as dear as one of the next."""


def about(mid: float, *, doubt: float = 2.0) -> Estimate:
    """A guess that may be off by a factor either way."""
    return Estimate(low=mid / doubt, mid=mid, high=mid * doubt, basis="guess", source="a test")


def workload(rate: float = 100.0, *, doubt: float = 2.0, **costs: Any) -> Workload:
    """Pages and files; what a page costs is a guess."""
    page = RequestClass(share=0.3, app_cpu_ms=about(20, doubt=doubt), database_cpu_ms=about(4, doubt=doubt), **costs)
    return Workload(peak_requests_per_second=rate, classes={"page": page, "static": RequestClass(share=0.7)})


def alone() -> Design:
    """Everything on one server."""
    roles = ["nginx", "gunicorn", "postgresql"]
    return design([{"name": "web", "servers": [{"name": "web1", "type": "small"}], "roles": roles}])


def balanced() -> Design:
    """Web servers behind a balancer, the database apart."""
    return design(
        [
            {"name": "balancer", "servers": [{"name": "lb1", "type": "small"}], "roles": ["haproxy"]},
            {
                "name": "web",
                "servers": [
                    {"name": "web1", "type": "small", "address": "10.0.0.21"},
                    {"name": "web2", "type": "small"},
                ],
                "roles": ["nginx", "gunicorn", "pgbouncer"],
            },
            {"name": "database", "servers": [{"name": "db1", "type": "small"}], "roles": ["postgresql"]},
        ]
    )


def design(tiers: Sequence[Mapping[str, Any]]) -> Design:
    """A plan with these tiers."""
    return from_data({**SITE, "tiers": [dict(tier) for tier in tiers]}, catalogue=catalogue())


def objective(**changes: Any) -> Objective:
    """A promise that two of the little servers would just about hold."""
    return Objective(**{"p95_ms": 300.0, "availability": 0.998, "headroom": 0.3, **changes})


def search(rate: float = 100.0, **changes: Any) -> Cheapest:
    """Both layouts under the usual workload."""
    return _search(rate, tuple(sorted(changes.items())))


@cache
def _search(rate: float, changes: tuple[tuple[str, Any], ...]) -> Cheapest:
    return cheapest(
        [alone(), balanced()],
        workload(rate),
        objective(**dict(changes)),
        types=TYPES,
        names=["alone", "balanced"],
        worlds=16,
        verify=3,
    )


def cost(answer: Cheapest) -> float:
    """What the winner costs a month."""
    assert answer.winner is not None
    assert answer.winner.forecast.cost_month.amount is not None
    return answer.winner.forecast.cost_month.amount
