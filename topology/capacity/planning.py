"""Planning by rule: the fewest servers of each tier that carry the peak with a share of their capacity left free."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from topology.capacity.answer import Forecast, Resource, TierForecast
from topology.capacity.engine import Change, forecast
from topology.components import resolve
from topology.design import MOST_SERVERS, Design, ServerCount, Tier
from topology.errors import Place, TierwrightError
from topology.workload import Workload

HEADROOM = 0.5
"""Share of capacity kept free at the peak where nothing else is asked for."""
HEADROOMS = (0.0, 0.3, 0.5, 0.7)
"""What a table of needs shows: none, and what careful and very careful operators keep."""
WRITTEN: frozenset[str] = frozenset({"sql"})
"""Services that hold what is written: a second provider would hold other data, so it does not share their work."""


@dataclass(frozen=True, kw_only=True)
class Need:
    """How many servers of its type a tier needs at the peak."""

    tier: str
    type_name: str
    """Server type of the tier."""
    servers: int
    """Fewest servers with which no resource of the tier is busier than the headroom permits."""
    low: int
    """The same where every input is at the end of its range that asks for least."""
    high: int
    """The same where every input is at the end that asks for most."""
    resource: Resource | None
    """What fills first; None where nothing of the tier is ever full."""
    busy: float
    """Busy share of that resource at the peak with so many servers, 0 to 1."""
    whole: bool
    """Whether one server must do this work alone: then `servers` is how many times as large it must be."""
    says: str
    """One sentence for a person."""


def servers_needed(
    design: Design, workload: Workload | None = None, *, headroom: float = HEADROOM
) -> Mapping[str, int]:
    """Servers needed in each tier, by its name; see `needs`."""
    return {need.tier: need.servers for need in needs(design, workload, headroom=headroom)}


def needs(
    design: Design, workload: Workload | None = None, *, headroom: float = HEADROOM, change: Change | None = None
) -> tuple[Need, ...]:
    """The need of every tier, in the order of the plan.

    The numbers of servers that the plan writes do not count, its types and roles do. Every tier is counted up from
    one server by the forecast itself until it carries peak / (1 - headroom), then down again as far as that holds.
    Tiers whose servers differ from each other stand as they are written. `change` is as in `survey`. Raises
    TierwrightError for a headroom outside 0 to 1, and where no number of servers suffices: too little memory, too few
    connections, or too many servers.
    """
    if not 0 <= headroom < 1:
        raise TierwrightError(
            f"a headroom of {headroom:g} leaves nothing to plan with; use a share from 0 to below 1",
            place=Place(path="headroom"),
        )
    counting = _Counting(design, workload, headroom, change)
    answer = counting.least()
    return tuple(counting.need(tier, answer) for tier in answer.tiers)


def headroom_of(answer: Forecast) -> Mapping[str, float]:
    """The headroom that each tier has at the peak: 1 - peak / the rate at which its first limit is met.

    Negative where the tier is overloaded, 1 where nothing limits it, -1 where it swaps or turns its clients away.
    """
    peak = answer.offered_rps
    return {tier.name: _free(peak, tier.max_rps) for tier in answer.tiers}


def _free(peak: float, most: float | None) -> float:
    if most is None:
        return 1.0
    return 1 - peak / most if most > 0 else -1.0


class _Counting:
    """One search for the numbers of servers."""

    def __init__(self, design: Design, workload: Workload | None, headroom: float, change: Change | None) -> None:
        self._workload = workload
        self._change = change
        self._headroom = headroom
        self._tiers = {tier.name: tier for tier in design.tiers}
        self._types = {tier.name: _common_type(tier) for tier in design.tiers}
        self._design = design

    def least(self) -> Forecast:
        """The forecast of the design with the fewest servers."""
        counts = {name: 1 for name, kind in self._types.items() if kind is not None}
        answer = self._forecast(counts)
        while short := self._short(answer, counts):
            for name, most in short.items():
                counts[name] = self._more(name, counts[name], answer.offered_rps, most)
            answer = self._forecast(counts)
        return self._trimmed(counts, answer)

    def need(self, tier: TierForecast, answer: Forecast) -> Need:
        """What a tier needs, from the forecast with the fewest servers."""
        resource, busy = _fullest(tier, answer.offered_rps)
        low, high = self._range(tier, resource)
        type_name = self._types[tier.name] or self._first_type(tier.name)
        whole = self._is_whole(tier.name)
        return Need(
            tier=tier.name,
            type_name=type_name,
            servers=tier.servers,
            low=min(low, tier.servers),
            high=max(high, tier.servers),
            resource=resource,
            busy=busy,
            whole=whole,
            says=_says(tier, type_name, resource, busy, whole=whole and tier.servers > 1),
        )

    def _range(self, tier: TierForecast, resource: Resource | None) -> tuple[int, int]:
        """Servers at the ends of the range of what fills first, by the utilisation law: U * n does not change."""
        use = tier.utilisation.get(resource) if resource else None
        if use is None or use.value <= 0:
            return tier.servers, tier.servers
        permitted = 1 - self._headroom
        each = (max(1, math.ceil(round(tier.servers * end / permitted, 9))) for end in (use.low, use.high))
        low, high = each
        return low, high

    def _trimmed(self, counts: dict[str, int], answer: Forecast) -> Forecast:
        """One server fewer wherever that still holds: counting up took tiers together."""
        for name in counts:
            while counts[name] > 1:
                fewer = {**counts, name: counts[name] - 1}
                tried = self._forecast(fewer)
                if self._short(tried, fewer):
                    break
                counts[name], answer = fewer[name], tried
        return answer

    def _short(self, answer: Forecast, counts: Mapping[str, int]) -> dict[str, float]:
        """The tiers that do not carry the peak with headroom, and the rate of the site that they carry."""
        wanted = answer.offered_rps / (1 - self._headroom)
        rates = {tier.name: tier.max_rps for tier in answer.tiers if tier.name in counts}
        return {name: most for name, most in rates.items() if most is not None and most < wanted * (1 - 1e-9)}

    def _more(self, name: str, count: int, peak: float, most: float) -> int:
        wanted = peak / (1 - self._headroom)
        place = Place(path=f"tiers.{name}")
        if most <= 0:
            raise TierwrightError(
                f"no number of servers of this type suffices in {name}: each has too little memory, or is asked to hold"
                " too many connections; take a larger type, or put a pool before a database",
                place=place,
            )
        more = max(count + 1, math.floor(count * wanted / most))
        if more > MOST_SERVERS:
            raise TierwrightError(
                f"{name} would need more than {MOST_SERVERS:,} servers of this type; take a larger one", place=place
            )
        return more

    def _forecast(self, counts: Mapping[str, int]) -> Forecast:
        tiers = tuple(self._with(tier, counts.get(tier.name)) for tier in self._design.tiers)
        network = None if sum(counts.values()) > 200 else self._design.network
        return forecast(
            self._design.model_copy(update={"tiers": tiers, "network": network}), self._workload, change=self._change
        )

    def _with(self, tier: Tier, count: int | None) -> Tier:
        kind = self._types[tier.name]
        if count is None or kind is None:
            return tier
        return tier.model_copy(update={"servers": ServerCount(count=count, type=kind)})

    def _first_type(self, name: str) -> str:
        return next(host.type_name for host in self._design.hosts if host.tier == name)

    def _is_whole(self, name: str) -> bool:
        """A role of the tier offers a service that holds what is written."""
        cluster = resolve(self._design)
        hosts = {host.name for host in self._design.hosts if host.tier == name}
        return any(
            WRITTEN & set(placed.component.offers.get(placed.role.name, ()))
            for placed in cluster.placed
            if placed.host.name in hosts
        )


def _common_type(tier: Tier) -> str | None:
    """The type of equal servers; None where they differ."""
    if isinstance(tier.servers, ServerCount):
        return tier.servers.type
    first = tier.servers[0]
    equal = all(
        server.type == first.type and server.roles is None and server.settings is None for server in tier.servers
    )
    return first.type if equal else None


def _fullest(tier: TierForecast, peak: float) -> tuple[Resource | None, float]:
    """What fills first, and its busy share at the peak: the resource whose share is the one that the limit implies."""
    if tier.max_rps is None or tier.max_rps <= 0 or not tier.utilisation:
        return None, 0.0
    busy = peak / tier.max_rps
    return min(tier.utilisation, key=lambda resource: abs(tier.utilisation[resource].value - busy)), busy


def _says(tier: TierForecast, type_name: str, resource: Resource | None, busy: float, *, whole: bool) -> str:
    count = f"{tier.servers} of type {type_name}"
    if whole:
        return (
            f"{tier.name} has the work of {count}, and one server must do it: take one that is {tier.servers} times as"
            " large, or divide the data."
        )
    if resource is None:
        return f"{tier.name}: {count}; nothing of it is ever full."
    return f"{tier.name}: {count}; at the peak {busy:.0%} of what it can carry is in use, {resource} first."
