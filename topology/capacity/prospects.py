"""The outlook: a design beyond its peak: the week, deaths of servers, requests served, cost, dates and transients.

It takes several forecasts to work out, so it is worked out when somebody asks for it, apart from the forecast.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from topology.capacity.answer import LimitDate, Number
from topology.capacity.cost import cost_of
from topology.capacity.crossings import crossings
from topology.capacity.engine import DEFAULT_LIMITS, Change, workload_of
from topology.capacity.failures import Failure, failures_of
from topology.capacity.folding import SmallCluster, cluster_of
from topology.capacity.growth import by_date, growth_of, if_nothing, limit_date
from topology.capacity.limits import Limits
from topology.capacity.performability import Service, service_of
from topology.capacity.running import RunningCost, running_cost
from topology.capacity.study import Study, study_of
from topology.capacity.transients import Transients, transients_of
from topology.capacity.uncertainty import spread
from topology.capacity.week import Week, week_of
from topology.components import Limits as ClusterLimits
from topology.design import Design
from topology.workload import Workload

_HALVINGS = 20


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """A design through the week, the years and the deaths of its servers.

    Where no capacity is claimed (a server swaps, or refuses its clients) only the cost is known.
    """

    cost: RunningCost
    week: Week | None = None
    """None without hours in the workload."""
    failures: tuple[Failure, ...] = ()
    service: Service | None = None
    limits: tuple[LimitDate, ...] = ()
    """Every limit of every tier and the promises, the one that is met first in front."""
    if_nothing: str = ""
    transients: Transients | None = None


def outlook(
    design: Design,
    workload: Workload | None = None,
    *,
    limits: ClusterLimits = DEFAULT_LIMITS,
    crews: int | None = None,
    change: Change | None = None,
) -> Outlook:
    """A design beyond the peak of its workload (by default its own).

    `crews`: repairs that can go on at once among equal servers; None where there are enough for all. `change` is
    applied to the classes of requests once they agree with the observation. Raises TierwrightError as `forecast`
    does, and ValueError for less than one crew.
    """
    if crews is not None and crews < 1:
        raise ValueError("at least one crew repairs servers")
    return outlook_of(cluster_of(design, workload or workload_of(design), limits=limits), crews=crews, change=change)


def outlook_of(small: SmallCluster, *, crews: int | None = None, change: Change | None = None) -> Outlook:
    """The outlook of a cluster of representatives."""
    whole, workload = small.folded.whole, small.workload
    cost = running_cost(cost_of(whole), workload)
    study = study_of(small.cluster, workload)
    if change is not None:
        study = replace(study, fitted=study.fitted.changed(change))
    if not study.carries:
        return Outlook(cost=cost)
    limits = _limits(study)
    return Outlook(
        cost=cost,
        week=week_of(study),
        failures=failures_of(study),
        service=service_of(study, crews=crews),
        limits=limits,
        if_nothing=if_nothing(limits),
        transients=transients_of(study),
    )


def outlook_document(outlook: Outlook) -> dict[str, Any]:
    """Plain data, ready for JSON; what is not known is null."""
    found = _plain(outlook)
    assert isinstance(found, dict)
    return found


def _plain(value: object) -> object:
    if isinstance(value, Number):
        return value.document()
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _limits(study: Study) -> tuple[LimitDate, ...]:
    """Those of growth, and the rate at which the promised p95 is met."""
    promise = study.cluster.design.promise
    growth = growth_of(study.capacity, study.workload, promise, crossings(study.worlds))
    found = () if growth is None else growth.limits
    if promise is None or promise.p95_ms is None or not found:
        return found
    rates = [_highest_rate(study, world, promise.p95_ms / 1000) for world in study.worlds]
    at_rps = spread(rates, unit="1/s", why="highest rate of the site at which the promised p95 holds")
    first = crossings(study.worlds)[0]
    p95 = limit_date(first.tier, first.server, "p95", at_rps=at_rps, workload=study.workload)
    return by_date((*found, p95))


def _highest_rate(study: Study, world: Limits, promised: float) -> float:
    """By halving: the p95 rises with the rate."""
    low, high = 0.0, world.first.rate if world.first is not None else study.capacity.value
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if study.keeps(world, middle, promised) else (low, middle)
    return low
