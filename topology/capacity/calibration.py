"""Calibration: what a page costs, fitted to how busy the running server was, by the utilisation law.

The observed server is taken to run the whole site, as the plan's own roles for web, application and database would
on one machine. Its busy share is rate * (fixed + k * dynamic) / cores: everything but the cost of dynamic requests
is taken from the table, and k is what the observation leaves for it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from topology.capacity.answer import Today
from topology.capacity.loads import Mix, Network, passages, shares, state
from topology.capacity.observed import observed_network, today_of
from topology.capacity.uncertainty import Corner, World, plain_worlds
from topology.capacity.words import digits, percent
from topology.components import DYNAMIC, Cluster
from topology.demands import ClassDemand, demand_of
from topology.errors import TierwrightError
from topology.value import Estimate
from topology.workload import Observation, RequestClass, Workload, kind_of

OBSERVED_ERROR = 0.10
"""How far a busy share read from a graph may be off, as a share of itself.

Our choice: the error of utilisation up to which a model counts as good (rule of Menascé and Almeida).
"""
DATABASE_SHARE = (0.05, 0.40)
"""Between what shares of a dynamic request's CPU the database's may lie.

The busy share of one server cannot tell them apart. Measured Django pages with queries: 6 to 20 % (table of
demands); a page that waits for its database more than it computes: 25 of 65 ms.
"""
FITTED = "fitted by the utilisation law"
_Costs = Callable[[str, ClassDemand], tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A workload that agrees with what was observed, and the worlds that do."""

    workload: Workload
    worlds: tuple[World, ...]
    today: Today | None = None
    notes: tuple[str, ...] = ()

    def changed(self, change: Callable[[Mix], Mix]) -> Fit:
        """The same worlds of a site whose classes of requests are others than when it was observed."""
        mixes = {id(world.mix): change(world.mix) for world in self.worlds}
        worlds = tuple(replace(world, mix=mixes[id(world.mix)]) for world in self.worlds)
        return replace(self, worlds=worlds)


@dataclass(frozen=True, kw_only=True)
class _Factor:
    """The cost of dynamic requests, in multiples of what was assumed before."""

    low: float
    mid: float
    high: float


def fit(cluster: Cluster, workload: Workload) -> Fit:
    """The fit of a workload; without an observation, or where nothing can be fitted, the workload as it is."""
    seen = workload.observed
    mix = workload.mix()
    plain = Fit(workload=workload, worlds=plain_worlds(mix))
    if seen is None:
        return plain
    try:
        network = observed_network(cluster, seen, workload)
    except TierwrightError as error:
        return Fit(workload=workload, worlds=plain.worlds, notes=(f"The observation is not used: {error.sentence}.",))
    table = _busy(network, seen, mix, "mid")
    open_ = {name: parts for name in mix if (parts := _open_parts(mix[name], name))}
    if not open_:
        return _finished(network, seen, workload, plain.worlds, before=None, notes=())
    factor, problem = _factor(network, seen, mix, open_)
    if factor is None:
        return _finished(network, seen, workload, plain.worlds, before=None, notes=(problem,))
    worlds = _worlds(mix, open_, factor, seen)
    fitted = workload.model_copy(update={"classes": _ranges(mix, open_, worlds)})
    return _finished(network, seen, fitted, worlds, before=table, notes=_doubts(mix, open_, factor))


def _open_parts(item: RequestClass, name: str) -> frozenset[str]:
    """The costs of a class that nobody gave or measured: those that the observation may settle."""
    kind = kind_of(name, item)
    if kind not in DYNAMIC or item.share <= 0:
        return frozenset()
    demand = demand_of(item, kind)
    parts = {"app_cpu_ms": demand.app_cpu_ms, "database_cpu_ms": demand.database_cpu_ms}
    return frozenset(part for part, figure in parts.items() if _is_open(figure))


def _is_open(figure: Estimate) -> bool:
    return figure.basis in ("guess", "default") or figure.source.startswith(FITTED)


def _factor(
    network: Network, seen: Observation, mix: Mix, open_: Mapping[str, frozenset[str]]
) -> tuple[_Factor | None, str]:
    """k = (observed - fixed) / dynamic, with its range: the observation's error and that of everything fixed."""
    nothing = _with_costs(mix, open_, lambda name, demand: (0.0, 0.0))
    fixed = {corner: _busy(network, seen, nothing, corner) for corner in ("low", "mid", "high")}
    assumed = _with_costs(mix, open_, lambda name, demand: (demand.app_cpu_ms.mid, demand.database_cpu_ms.mid))
    dynamic = _busy(network, seen, assumed, "mid") - fixed["mid"]
    left = seen.cpu_share - fixed["mid"]
    if dynamic <= 0:
        return None, "The observation is not used: the costs that it could settle do not arise on one server."
    if left <= 0:
        return None, (
            f"The observation is not used: files and proxying alone would keep the server {percent(fixed['mid'])} busy,"
            f" and you saw {percent(seen.cpu_share)}; check the busy share, the rate and the server type."
        )
    least = (seen.cpu_share * (1 - OBSERVED_ERROR) - fixed["high"]) / dynamic
    most = (seen.cpu_share * (1 + OBSERVED_ERROR) - fixed["low"]) / dynamic
    middle = left / dynamic
    return _Factor(low=max(least, middle / 10), mid=middle, high=max(most, middle)), ""


def _worlds(mix: Mix, open_: Mapping[str, frozenset[str]], factor: _Factor, seen: Observation) -> tuple[World, ...]:
    """The worlds that agree with the observation: dear pages with cheap files or the other way round, and the
    database's share of a page low or high. What is sent was not observed, so it is at its worst in the dear ones."""
    source = f"{FITTED} from {percent(seen.cpu_share)} CPU at {digits(seen.requests_per_second)} requests/s"
    middle = World(mix=_fitted(mix, open_, factor.mid, None, source), corner="mid", sent="mid")
    splits: tuple[float | None, ...] = DATABASE_SHARE if any(len(parts) == 2 for parts in open_.values()) else (None,)
    ends: tuple[tuple[float, Corner, Corner], ...] = ((factor.high, "low", "high"), (factor.low, "high", "low"))
    others = [
        World(mix=_fitted(mix, open_, k, split, source), corner=corner, sent=sent)
        for split in splits
        for k, corner, sent in ends
    ]
    return (middle, *others)


def _fitted(mix: Mix, open_: Mapping[str, frozenset[str]], factor: float, split: float | None, source: str) -> Mix:
    def costs(name: str, demand: ClassDemand) -> tuple[float, float]:
        app, database = factor * demand.app_cpu_ms.mid, factor * demand.database_cpu_ms.mid
        if split is None or len(open_[name]) < 2:
            return app, database
        return (app + database) * (1 - split), (app + database) * split

    return _with_costs(mix, open_, costs, source)


def _with_costs(mix: Mix, open_: Mapping[str, frozenset[str]], costs: _Costs, source: str = "") -> Mix:
    """The mix with the open costs of each class replaced by exact ones."""
    changed = dict(mix)
    for name, parts in open_.items():
        app, database = costs(name, demand_of(mix[name], kind_of(name, mix[name])))
        both = {"app_cpu_ms": _exact(app, source), "database_cpu_ms": _exact(database, source, split=len(parts) == 2)}
        changed[name] = mix[name].model_copy(update={part: both[part] for part in parts})
    return changed


def _exact(value: float, source: str, *, split: bool = False) -> Estimate:
    says = f"{source}; the database's share of it is the table's" if split and source else source
    return Estimate(low=value, mid=value, high=value, basis="default" if split else "measured", source=says)


def _ranges(mix: Mix, open_: Mapping[str, frozenset[str]], worlds: tuple[World, ...]) -> Mix:
    """Each fitted cost with its range over all worlds."""
    changed = dict(mix)
    for name, parts in open_.items():
        update = {part: _range([getattr(world.mix[name], part) for world in worlds]) for part in parts}
        changed[name] = mix[name].model_copy(update=update)
    return changed


def _range(figures: list[Estimate]) -> Estimate:
    mids = [figure.mid for figure in figures]
    return figures[0].model_copy(update={"low": min(mids), "high": max(mids)})


def _doubts(mix: Mix, open_: Mapping[str, frozenset[str]], factor: _Factor) -> tuple[str, ...]:
    notes = []
    if any(len(parts) == 2 for parts in open_.values()):
        low, high = DATABASE_SHARE
        notes.append(
            "One busy share cannot tell Python from the database: the database's part of a page is the table's, and"
            f" {percent(low)} to {percent(high)} are allowed for; measure it before you rely on a figure of its server."
        )
    known = _assumed_ms(mix, open_)
    cost = factor.mid * known.mid
    if not known.low <= cost <= known.high:
        notes.append(
            f"By what you saw a dynamic request costs {digits(cost)} ms of CPU, outside the {digits(known.low)} to"
            f" {digits(known.high)} ms of sites that we know; check the busy share, the rate and the server type."
        )
    return tuple(notes)


def _assumed_ms(mix: Mix, open_: Mapping[str, frozenset[str]]) -> Estimate:
    """CPU of a mean dynamic request as it was assumed before the fit, in milliseconds."""
    weights = {name: share for name, share in shares(mix).items() if name in open_}
    costs = []
    for name, share in weights.items():
        demand = demand_of(mix[name], kind_of(name, mix[name]))
        costs.append(demand.app_cpu_ms.plus(demand.database_cpu_ms).scaled(share / sum(weights.values())))
    return functools.reduce(Estimate.plus, costs)


def _busy(network: Network, seen: Observation, mix: Mix, corner: Corner) -> float:
    """Busy share of the observed server by the utilisation law."""
    [host] = network.hosts.values()
    seconds = state(network, mix, passages(network, mix), corner).cpu.get(host.name, 0.0)
    return seen.requests_per_second * seconds / host.type.cores


def _finished(
    network: Network,
    seen: Observation,
    workload: Workload,
    worlds: tuple[World, ...],
    *,
    before: float | None,
    notes: tuple[str, ...],
) -> Fit:
    busy = tuple(_busy(network, seen, world.mix, world.corner) for world in worlds)
    today = today_of(network, seen, busy=busy, before=before, fitted_ms=_dynamic_ms(worlds[0].mix))
    return Fit(workload=workload, worlds=worlds, today=today, notes=notes)


def _dynamic_ms(mix: Mix) -> float:
    """CPU of a mean dynamic request in milliseconds, Python and database."""
    dynamic = {name: share for name, share in shares(mix).items() if kind_of(name, mix[name]) in DYNAMIC}
    demands = {name: demand_of(mix[name], kind_of(name, mix[name])) for name in dynamic}
    total = sum(dynamic.values())
    cost = sum(s * (demands[n].app_cpu_ms.mid + demands[n].database_cpu_ms.mid) for n, s in dynamic.items())
    return cost / total if total else 0.0
