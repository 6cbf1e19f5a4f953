"""One forecast of a plan, from ten servers to ten thousand in the same six tiers."""

from __future__ import annotations

import time
from typing import Any

from tests import builders
from topology.capacity import forecast
from topology.design import Design

SHARES = {"lb": 0.002, "web": 0.46, "api": 0.46, "media": 0.03, "cache": 0.046, "db": 0.0001}
ROLES = {
    "lb": ["haproxy"],
    "web": ["nginx", "gunicorn", "pgbouncer"],
    "api": ["nginx", "gunicorn", "pgbouncer"],
    "media": ["nginx_media"],
    "cache": ["memcached"],
    "db": ["postgresql"],
}


def design_of(servers: int, *, listed: bool = False) -> Design:
    """About so many servers; counted, or each with a name of its own."""
    return builders.newspaper(tiers=[_tier(name, max(1, round(servers * SHARES[name])), listed) for name in ROLES])


def _tier(name: str, count: int, listed: bool) -> dict[str, Any]:
    servers: Any = {"count": count, "type": "medium"}
    if listed:
        servers = [{"name": f"{name}-{number}", "type": "medium"} for number in range(count)]
    return {"name": name, "servers": servers, "roles": ROLES[name]}


def cpu_of(design: Design, *, times: int = 5) -> float:
    """CPU seconds of one forecast of a design that has worked nothing out yet: the least of several."""
    return min(_once(design.model_copy()) for _ in range(times))


def _once(design: Design) -> float:
    before = time.process_time()
    forecast(design)
    return time.process_time() - before
