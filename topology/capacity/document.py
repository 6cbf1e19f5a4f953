"""A forecast as the JSON document that others build on; keys may be added, none is renamed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from topology.capacity.answer import Forecast, HostForecast, LimitDate, MemoryUse, Number, Resource, TierForecast
from topology.capacity.prospects import Outlook, outlook_document

RESOURCES: tuple[Resource, ...] = ("cpu", "disk", "network", "workers", "connections")


def to_document(forecast: Forecast, outlook: Outlook | None = None) -> dict[str, Any]:
    """Plain data, ready for JSON. What is not known is null: a resource of no limit, a latency under overload.

    With an outlook it stands under a key of its own.
    """
    beyond = {} if outlook is None else {"outlook": outlook_document(outlook)}
    return {
        "plan_digest": forecast.plan_digest,
        "engine": forecast.engine,
        "offered_rps": forecast.offered_rps,
        "capacity_rps": forecast.capacity_rps.document(),
        "breaks_first": asdict(forecast.breaks_first) if forecast.breaks_first else None,
        "latency_ms": {name: _number(forecast.latency_ms.get(name)) for name in ("mean", "p50", "p95", "p99")},
        "availability": forecast.availability.document(),
        "cost_month": asdict(forecast.cost_month),
        "guessed_share": forecast.guessed_share,
        "headroom": forecast.headroom,
        "tiers": [_tier(tier) for tier in forecast.tiers],
        "hosts": [_host(host) for host in forecast.hosts],
        "single_points": [asdict(point) for point in forecast.single_points],
        "today": _today(forecast),
        "growth": _growth(forecast),
        "notes": list(forecast.notes),
        **beyond,
    }


def _tier(tier: TierForecast) -> dict[str, Any]:
    return {
        "name": tier.name,
        "servers": tier.servers,
        "utilisation": _utilisation(tier.utilisation),
        "memory_mib": _memory(tier.memory),
        "max_rps": tier.max_rps,
    }


def _host(host: HostForecast) -> dict[str, Any]:
    return {
        "name": host.name,
        "tier": host.tier,
        "requests_per_second": host.requests_per_second,
        "utilisation": _utilisation(host.utilisation),
        "memory_mib": {**_memory(host.memory), "parts": dict(host.memory.parts)},
        "max_rps": host.max_rps,
    }


def _utilisation(shares: Mapping[Resource, Number]) -> dict[str, Any]:
    return {resource: _number(shares.get(resource)) for resource in RESOURCES}


def _memory(use: MemoryUse) -> dict[str, Any]:
    return {"used": use.used, "low": use.low, "high": use.high, "total": use.total}


def _today(forecast: Forecast) -> dict[str, Any] | None:
    today = forecast.today
    if today is None:
        return None
    predicted = today.predicted_cpu.document()
    return {"predicted_cpu": predicted, "observed_cpu": today.observed_cpu, "says": today.says}


def _growth(forecast: Forecast) -> dict[str, Any] | None:
    growth = forecast.growth
    if growth is None:
        return None
    return {
        "factor": growth.factor.document(),
        "months": growth.months,
        "months_to_promise": growth.months_to_promise,
        "says": growth.says,
        "limits": [_limit(limit) for limit in growth.limits],
        "if_nothing": growth.if_nothing,
    }


def _limit(limit: LimitDate) -> dict[str, Any]:
    return {
        "tier": limit.tier,
        "server": limit.server,
        "limit": limit.limit,
        "at_rps": limit.at_rps.document(),
        "factor": limit.factor.document(),
        "months": _number(limit.months),
        "says": limit.says,
    }


def _number(number: Number | None) -> dict[str, Any] | None:
    return None if number is None else number.document()
