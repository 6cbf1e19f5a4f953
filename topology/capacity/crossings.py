"""Crossings: the rate of the site at which each resource of each tier is full, in every world."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from topology.capacity.answer import Number, Resource
from topology.capacity.limits import ORDER, Limit, Limits, earliest
from topology.capacity.uncertainty import spread


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """A resource of a tier and the rate at which it is full on the first of its servers."""

    tier: str
    server: str
    resource: Resource
    at_rps: Number


def crossings(worlds: Sequence[Limits]) -> tuple[Crossing, ...]:
    """Every resource that can fill, lowest rate first; the first world is the expected one.

    Memory is not among them: what a role takes follows from its settings, not from the rate.
    """
    found = [
        crossing
        for tier in worlds[0].network.cluster.design.tiers
        for resource in ORDER
        for crossing in _crossing(worlds, tier.name, resource)
    ]
    return tuple(sorted(found, key=lambda crossing: float(f"{crossing.at_rps.value:.9g}")))


def _crossing(worlds: Sequence[Limits], tier: str, resource: Resource) -> Iterator[Crossing]:
    firsts = [_first(world, tier, resource) for world in worlds]
    expected = firsts[0]
    if expected is not None:
        rates = [limit.rate for limit in firsts if limit is not None]
        why = "rate of the site at which it is full, at the same mix of requests"
        yield Crossing(tier=tier, server=expected.host, resource=resource, at_rps=spread(rates, unit="1/s", why=why))


def _first(world: Limits, tier: str, resource: Resource) -> Limit | None:
    return earliest(
        [
            Limit(host=host, resource=resource, rate=rates[resource])
            for host, rates in world.by_host.items()
            if resource in rates and world.network.hosts[host].tier == tier
        ]
    )
