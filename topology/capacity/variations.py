"""What if: a design and its workload, changed as somebody asks, before anything is decided."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from topology.capacity.answer import Forecast
from topology.capacity.curves import Curve
from topology.capacity.engine import DEFAULT_LIMITS, Change, calibrate, survey, workload_of
from topology.capacity.equals import equals_of, left_in_cache
from topology.capacity.folding import cluster_of
from topology.capacity.planning import HEADROOM, Need, needs
from topology.capacity.prospects import Outlook, outlook
from topology.capacity.study import cached, study_of
from topology.components import DYNAMIC, resolve
from topology.demands import demand_of
from topology.design import MOST_SERVERS, Design, Server, ServerCount, Tier, server_names
from topology.errors import Place, TierwrightError
from topology.hardware import KNOWN
from topology.value import estimate
from topology.workload import RequestClass, Workload, kind_of


@dataclass(frozen=True, kw_only=True)
class Variation:
    """What is other than in the plan; what is left out stays as it is."""

    traffic: float = 1.0
    """Times today's rates."""
    page_cost: float = 1.0
    """Times today's CPU of a dynamic request, in Python and in the database."""
    cached_share: float | None = None
    """Share of dynamic requests that the cache answers, 0 to 1."""
    servers: Mapping[str, int] = field(default_factory=dict)
    """By tier: how many."""
    types: Mapping[str, str] = field(default_factory=dict)
    """By tier: the server type of all its servers."""

    @property
    def is_kept(self) -> bool:
        """Whether something of it is a decision that a plan can hold: servers and their types are."""
        return bool(self.servers or self.types)


def varied(design: Design, variation: Variation) -> Design:
    """The design with other servers and other traffic; raises TierwrightError for a tier or type that is not there."""
    workload = design.workload
    if not isinstance(workload, Workload):
        return rearranged(design, variation)
    seen = pinned(workload, design) if variation.is_kept else workload
    asked = seen if variation.traffic == 1 else seen.at(variation.traffic)
    return rearranged(design, variation).model_copy(update={"workload": asked})


def rearranged(design: Design, variation: Variation) -> Design:
    """The design with the servers of a variation alone: that part of it which can be kept as a revision."""
    known = {tier.name for tier in design.tiers}
    unknown = sorted({*variation.servers, *variation.types} - known)
    if unknown:
        raise TierwrightError(f"this plan has no tier called {unknown[0]}", place=Place(path="tiers"))
    if not variation.is_kept:
        return design
    taken = {host.name for host in design.hosts}
    return design.model_copy(update={"tiers": tuple(_tier(tier, variation, design, taken) for tier in design.tiers)})


def survey_varied(
    design: Design, variation: Variation, *, without: str | None = None, known: Curve | None = None
) -> tuple[Forecast, Curve | None]:
    """The forecast and the response curve of a design under a variation; raises TierwrightError as `forecast` does.

    `without` names a server that is lost; one that the variation has done without is gone already. An observation
    is one of the site as it stands, so costs are fitted to it first and changed then. A cache that lost a server
    answers that much less. `known` is the curve of the same at other traffic, if there is one.
    """

    changed = varied(design, variation)
    is_there = without is not None and any(host.name == without for host in changed.hosts)
    lost = (without,) if without is not None and is_there else ()
    left = _left_in_cache(changed, lost[0]) if lost else 1.0
    return survey(changed, change=_change(variation, left), lost=lost, known=known)


def outlook_varied(design: Design, variation: Variation) -> Outlook:
    """The outlook of a design under a variation; raises TierwrightError as `outlook` does."""
    return outlook(varied(design, variation), change=_change(variation))


def needs_varied(design: Design, variation: Variation, *, headroom: float = HEADROOM) -> tuple[Need, ...]:
    """What every tier needs under a variation, whose numbers of servers do not count; raises as `needs` does."""
    return needs(varied(design, variation), headroom=headroom, change=_change(variation))


def _change(variation: Variation, left: float = 1.0) -> Change | None:
    """What becomes of the classes of requests, of which a cache still answers a share; None where nothing does."""
    if variation.page_cost == 1 and variation.cached_share is None and left == 1:
        return None

    def change(mix: Mapping[str, RequestClass]) -> Mapping[str, RequestClass]:
        return {name: cached(_request(item, name, variation), left) for name, item in mix.items()}

    return change


def _left_in_cache(design: Design, server: str) -> float:
    """Share of what the cache answered that is still answered without a server."""
    small = cluster_of(design, workload_of(design), limits=DEFAULT_LIMITS, lost=(server,))
    study = study_of(small.cluster, small.workload)
    group = next((group for group in equals_of(study.network) if set(small.lost) & set(group.hosts)), None)
    return 1.0 if group is None else left_in_cache(study, group, 1)


def deprived(design: Design, server: str) -> Design:
    """The design without one server; the others keep their names and addresses.

    KeyError where there is none of that name; raises TierwrightError where nothing would be left.
    """
    addresses = {host.name: host.address for host in design.hosts}
    if server not in addresses:
        raise KeyError(server)
    kept = (_less(tier, server, addresses) for tier in design.tiers)
    tiers = tuple(tier for tier in kept if tier is not None)
    if not tiers:
        raise TierwrightError(f"{server} is the only server of this plan: without it there is no site")
    return design.model_copy(update={"tiers": tiers})


def portable(design: Design) -> Workload:
    """The workload of a design as it can be asked of another: costs agree with the observation, which stays behind."""
    workload = workload_of(design)
    return calibrate(workload, design).model_copy(update={"observed": None}) if workload.observed else workload


def pinned(workload: Workload, design: Design) -> Workload:
    """The workload with the server that was observed by name: a change of type is none of what was seen before."""
    seen = workload.observed
    if seen is None or seen.server_type is not None or seen.cores is not None:
        return workload
    hosts = resolve(design).hosts_offering("app") or design.hosts
    return workload.model_copy(update={"observed": seen.model_copy(update={"server_type": hosts[0].type_name})})


def cached_share_of(workload: Workload) -> float:
    """Share of dynamic requests that the cache answers as the workload has it, 0 to 1."""
    mix = {name: item for name, item in workload.mix().items() if kind_of(name, item) in DYNAMIC}
    total = sum(item.share for item in mix.values())
    hits = sum(item.share * estimate(item.cached_share or 0).mid for item in mix.values())
    return hits / total if total > 0 else 0.0


def _request(item: RequestClass, name: str, variation: Variation) -> RequestClass:
    kind = kind_of(name, item)
    if kind not in DYNAMIC:
        return item
    demand = demand_of(item, kind)
    update: dict[str, Any] = {}
    if variation.page_cost != 1:
        update["app_cpu_ms"] = demand.app_cpu_ms.scaled(variation.page_cost)
        update["database_cpu_ms"] = demand.database_cpu_ms.scaled(variation.page_cost)
    if variation.cached_share is not None:
        update["cached_share"] = variation.cached_share
    return item.model_copy(update=update)


def _tier(tier: Tier, variation: Variation, design: Design, taken: set[str]) -> Tier:
    kind = variation.types.get(tier.name)
    if kind is not None and kind not in design.server_types and kind not in KNOWN:
        raise TierwrightError(f"no server type is called {kind}", place=Place(path=f"tiers.{tier.name}"))
    count = variation.servers.get(tier.name)
    if count is not None and not 1 <= count <= MOST_SERVERS:
        raise TierwrightError(
            f"a tier takes from 1 to {MOST_SERVERS:,} servers; {count:,} is not that",
            place=Place(path=f"tiers.{tier.name}"),
        )
    return tier.model_copy(update={"servers": _servers(tier, count, kind, taken)})


def _servers(tier: Tier, count: int | None, kind: str | None, taken: set[str]) -> ServerCount | tuple[Server, ...]:
    if isinstance(tier.servers, ServerCount):
        update: dict[str, Any] = {"count": count, "type": kind}
        return tier.servers.model_copy(update={key: value for key, value in update.items() if value is not None})
    servers = list(tier.servers[: count or None])
    while count is not None and len(servers) < count:
        name = _next_name(servers[-1].name, taken)
        taken.add(name)
        servers.append(servers[-1].model_copy(update={"name": name, "address": None}))
    return tuple(server.model_copy(update={"type": kind}) for server in servers) if kind else tuple(servers)


def _less(tier: Tier, server: str, addresses: Mapping[str, str]) -> Tier | None:
    """The tier without a server, the others at the addresses they have; None where that was its last one."""
    if isinstance(tier.servers, ServerCount):
        kind = tier.servers.type
        servers = tuple(Server(name=name, type=kind) for name in server_names(tier))
    else:
        servers = tier.servers
    left = tuple(item for item in servers if item.name != server)
    pinned = tuple(item.model_copy(update={"address": addresses[item.name]}) for item in left)
    return tier.model_copy(update={"servers": pinned}) if left else None


def _next_name(last: str, taken: set[str]) -> str:
    stem = re.sub(r"[0-9]+$", "", last) or "server"
    digits = re.search(r"[0-9]+$", last)
    number = int(digits.group()) + 1 if digits else 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"
