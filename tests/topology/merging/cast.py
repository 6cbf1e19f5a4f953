"""A small plan, and statements of it that stand apart from each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from topology import document
from topology.components import catalogue
from topology.design import Design
from topology.merging import MISSING, Edit, apply, flatten, value_at

PLAN: dict[str, Any] = {
    "tierwright": 1,
    "name": "paper",
    "sites": [{"name": "paper", "domains": ["www.example.com"]}],
    "workload": {
        "peak_requests_per_second": {"low": 300, "mid": 350, "high": 500},
        "classes": {"page": {"share": 0.1}, "media": {"share": 0.9}},
    },
    "promise": {"p95_ms": 500},
    "tiers": [
        {"name": "web", "servers": {"count": 2, "type": "medium"}, "roles": ["nginx", {"gunicorn": {"workers": 9}}]},
        {
            "name": "database",
            "servers": [
                {"name": "db1", "type": "large", "address": "10.0.0.31"},
                {"name": "db2", "type": "large", "roles": ["postgresql_replica"]},
            ],
            "roles": ["postgresql"],
        },
    ],
}
CACHE = {"servers": {"count": 1, "type": "small"}, "roles": ["memcached"]}
APART: Mapping[str, tuple[Any, ...]] = {
    "tiers/web/servers/count": (5, 7),
    "tiers/web/servers/type": ("large", "small"),
    "tiers/web/roles/gunicorn/workers": (4, MISSING),
    "tiers/web/roles/gunicorn/threads": (4, 8),
    "tiers/web/roles/nginx": (MISSING, {"worker_connections": 2000}),
    "tiers/web/roles/pgbouncer": ({}, {"default_pool_size": 12}),
    "tiers/database/servers/db1/type": ("xlarge", "memory"),
    "tiers/database/servers/db1/address": ("10.0.0.41", MISSING),
    "tiers/database/servers/db2": (MISSING, {"type": "xlarge", "roles": ["postgresql_replica"]}),
    "tiers/database/servers/db3": ({"type": "large"}, {"type": "small"}),
    "tiers/database/servers/db4": ({"type": "large"}, {"type": "small"}),
    "tiers/cache": (CACHE, {**CACHE, "servers": {"count": 2, "type": "small"}}),
    "tiers/accelerator": (CACHE, {**CACHE, "roles": []}),
    "tiers/#order": (["database", "web"],),
    "promise/p95_ms": (MISSING, 250),
    "promise/availability": (0.999, 0.99),
    "workload/peak_requests_per_second": (400, {"low": 300, "mid": 360, "high": 500}),
    "workload/growth_per_year": (0.5, 0.25),
    "server_types": ({"huge": {"cores": 64, "ram_mib": 262_144}},),
    "externals": ([{"name": "mail", "kind": "smtp", "endpoint": "mail.example.net:587"}],),
    "waivers": ([{"check": "one-leader", "reason": "it is known to us", "by": "ana"}],),
    "currency": ("EUR", "GBP"),
    "notes": ("Ask ben.", "Ask chi."),
}
"""Statements that stand apart, by path, each with what it may become; the plan above holds or lacks them."""
MANY = settings(max_examples=80, suppress_health_check=list(HealthCheck), deadline=None)


def design_of(data: Mapping[str, Any]) -> Design:
    """The plan of that data."""
    return document.from_data(data, catalogue=catalogue())


def edited(design: Design, edits: Mapping[str, Any]) -> Design:
    """The design with what stands at some paths replaced; MISSING takes it out."""
    data = document.to_data(design)
    return apply(design, [Edit(path=path, was=value_at(data, path), value=value) for path, value in edits.items()])


def digest(design: Design | None) -> str:
    """The digest of a design that must be there."""
    assert design is not None
    return document.digest(design)


def unordered(design: Design | None) -> dict[str, Any]:
    """Every statement of a design, but for the orders of its lists."""
    assert design is not None
    return {path: value for path, value in flatten(document.to_data(design)).items() if "#order" not in path}


def holders(paths: Iterable[str], of: Iterable[str]) -> set[str]:
    """For each path the one of `of` that it is or is a part of; a path outside them all stands for itself."""
    return {next((other for other in of if f"{path}/".startswith(f"{other}/")), path) for path in paths}


BASE = design_of(PLAN)
some_edits = st.dictionaries(st.sampled_from(sorted(APART)), st.integers(0, 1), max_size=6).map(
    lambda picked: {path: APART[path][number % len(APART[path])] for path, number in picked.items()}
)
