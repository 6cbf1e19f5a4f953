"""From an address to a what-if and back: what is asked, in its shortest form, so that a link can be shared."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from planner.figures import count, figure, percent
from planner.groups import hues_of
from topology.capacity import MOST_SERVERS, Variation, cached_share_of
from topology.design import Design, ServerCount, Tier, server_names
from topology.hardware import BUILT_IN, KNOWN, OFFERS, ServerType
from topology.workload import Workload

TRAFFIC = (0.1, 20.0)
PAGE_COST = (0.25, 4.0)
EARLIER = "Of earlier years"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a person asks of a plan: a variation, and a server that is gone."""

    variation: Variation
    without: str | None
    query: str
    """The same as an address's query, without what is as in the plan."""

    @property
    def still(self) -> str:
        """The query without its traffic."""
        return query_of(replace(self.variation, traffic=1.0), self.without)

    @property
    def unsimulated(self) -> str:
        """Why this cannot be simulated request by request, as a sentence; empty where it can."""
        if self.variation.page_cost == 1 and self.variation.cached_share is None:
            return ""
        return "What pages cost, and what the cache answers, is simulated as the plan has it: put those two knobs back."

    @property
    def alive(self) -> Asked:
        """The same with every server."""
        return Asked(variation=self.variation, without=None, query=query_of(self.variation))


@dataclass(frozen=True, kw_only=True)
class TierKnobs:
    """The two knobs of a tier."""

    name: str
    hue: int
    count: int
    """As it is asked."""
    most: int
    """Right end of the slider."""
    type: str
    """As it is asked; empty where its servers are of several types."""
    types: Mapping[str, tuple[tuple[str, str], ...]]
    """Every type, by who offers it: its name and its words."""


def read(sent: QueryDict, design: Design) -> Asked:
    """What an address asks; a number that is none, or beyond its range, is taken as the nearest that can be."""
    traffic = factor_of(sent.get("traffic", ""), TRAFFIC)
    cost = factor_of(sent.get("cost", ""), PAGE_COST)
    cached = _cached(sent.get("cached", ""), design)
    servers, types = {}, {}
    for tier in design.tiers:
        number = _whole(sent.get(f"servers.{tier.name}", ""))
        if number is not None and number != len(server_names(tier)):
            servers[tier.name] = number
        kind = sent.get(f"type.{tier.name}", "")
        if kind and kind != type_of(tier) and _is_known(kind, design):
            types[tier.name] = kind
    gone = next((name for name in reversed(sent.getlist("without")) if name), "")
    variation = Variation(traffic=traffic, page_cost=cost, cached_share=cached, servers=servers, types=types)
    without = gone if gone and any(host.name == gone for host in design.hosts) else None
    return Asked(variation=variation, without=without, query=query_of(variation, without))


def type_of(tier: Tier) -> str:
    """The type that all servers of a tier have; empty where they differ."""
    kinds = {tier.servers.type} if isinstance(tier.servers, ServerCount) else {item.type for item in tier.servers}
    return kinds.pop() if len(kinds) == 1 else ""


def knobs_of(design: Design, variation: Variation) -> tuple[TierKnobs, ...]:
    """The knobs of every tier, set as asked."""
    types = types_by_provider(design)
    hues = hues_of(design)
    return tuple(_knobs(tier, hues[tier.name], variation, types) for tier in design.tiers)


def types_by_provider(design: Design) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """The plan's own types, the built-in ones, those of each provider, and those of earlier years: names and words."""
    groups: dict[str, dict[str, ServerType]] = {"The plan's own": dict(design.server_types), "Built in": dict(BUILT_IN)}
    for offer in sorted(OFFERS, key=lambda item: item.year is not None):
        groups.setdefault(offer.provider if offer.year is None else EARLIER, {})[offer.name] = offer.type
    own = set(design.server_types)
    return {
        group: tuple((name, _type_text(name, kind)) for name, kind in kinds.items() if number == 0 or name not in own)
        for number, (group, kinds) in enumerate(groups.items())
        if kinds
    }


def words_of(asked: Asked, design: Design) -> tuple[str, ...]:
    """What is other than in the plan, in words."""
    return tuple(_words(asked, design))


def own_cached_share(design: Design) -> float:
    """The share of dynamic requests that the plan has its cache answer."""
    return cached_share_of(design.workload) if isinstance(design.workload, Workload) else 0.0


def _knobs(tier: Tier, hue: int, variation: Variation, types: Mapping[str, tuple[tuple[str, str], ...]]) -> TierKnobs:
    own = len(server_names(tier))
    asked = variation.servers.get(tier.name, own)
    most = min(max(8, 3 * own, asked), MOST_SERVERS)
    kind = variation.types.get(tier.name) or type_of(tier)
    return TierKnobs(name=tier.name, hue=hue, count=asked, most=most, type=kind, types=types)


def _type_text(name: str, kind: ServerType) -> str:
    return f"{name}: {kind.cores} core{'s' if kind.cores != 1 else ''}, {kind.ram_mib / 1024:g} GiB"


def _words(asked: Asked, design: Design) -> Iterator[str]:
    variation = asked.variation
    if variation.traffic != 1:
        yield f"{figure(variation.traffic)} times today's traffic"
    if variation.cached_share is not None:
        yield f"{percent(variation.cached_share)} % of dynamic requests from the cache"
    if variation.page_cost != 1:
        yield f"pages at {figure(variation.page_cost)} times their CPU"
    for tier in design.tiers:
        number, kind = variation.servers.get(tier.name), variation.types.get(tier.name)
        if number is not None or kind is not None:
            what = [count(number)] if number is not None else []
            yield f"{tier.name}: {' '.join([*what, *([kind] if kind else [])])}"
    if asked.without:
        yield f"without {asked.without}"


def query_of(variation: Variation, without: str | None = None) -> str:
    """The query of an address that asks for a variation."""
    parts: dict[str, str] = {}
    if variation.traffic != 1:
        parts["traffic"] = f"{variation.traffic:g}"
    if variation.cached_share is not None:
        parts["cached"] = f"{100 * variation.cached_share:g}"
    if variation.page_cost != 1:
        parts["cost"] = f"{variation.page_cost:g}"
    parts.update(_named("servers", variation.servers), **_named("type", variation.types))
    if without:
        parts["without"] = without
    return urlencode(parts)


def _named(what: str, values: Mapping[str, object]) -> dict[str, str]:
    return {f"{what}.{name}": str(value) for name, value in values.items()}


def factor_of(text: str, ends: tuple[float, float]) -> float:
    """A number of times between two ends; anything else is the nearest of them, and what is no number is 1."""
    value = _number(text)
    return 1.0 if value is None else min(max(value, ends[0]), ends[1])


def _cached(text: str, design: Design) -> float | None:
    value = _number(text)
    share = None if value is None else min(max(value, 0.0), 100.0) / 100
    return None if share is None or math.isclose(share, own_cached_share(design), abs_tol=5e-4) else share


def _whole(text: str) -> int | None:
    value = _number(text)
    return None if value is None else min(max(round(value), 1), MOST_SERVERS)


def _number(text: str) -> float | None:
    try:
        value = float(text.strip())
    except ValueError:
        return None
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _is_known(kind: str, design: Design) -> bool:
    return kind in design.server_types or kind in KNOWN
