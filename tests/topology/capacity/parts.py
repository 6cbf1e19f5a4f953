"""Small components with round numbers, so that a forecast of them can be worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from topology.capacity import Forecast, forecast_of
from topology.components import (
    DYNAMIC,
    FILES,
    Cluster,
    Component,
    ConfigFile,
    Demand,
    Endpoint,
    Memory,
    Placed,
    Settings,
)
from topology.components.base import Need
from topology.demands import demand_of, guess
from topology.design import Design
from topology.value import Estimate, estimate
from topology.workload import KINDS, Kind, RequestClass, Workload

ALL: frozenset[Kind] = frozenset(KINDS)
EXACT = {"basis": "measured", "source": "a test"}


def exact(value: float) -> Estimate:
    """A figure without doubt."""
    return Estimate(low=value, mid=value, high=value, basis="measured", source="a test")


class Part(Component):
    """A role without files."""

    packages: ClassVar[Mapping[str, str]] = {}

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        return ()


class BalancerSettings(Settings):
    weight: float | None = None
    cpu_ms: float | None = None


class Balancer(Part):
    name = "balancer"
    title = "Balancer"
    roles: ClassVar[Mapping[str, str]] = {"balancer": "spreads requests"}
    offers: ClassVar[Mapping[str, tuple[str, ...]]] = {"balancer": ("balancer",)}
    settings = BalancerSettings

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        assert isinstance(placed.written, BalancerSettings)
        weight = 1.0 if placed.written.weight is None else placed.written.weight
        return (Endpoint(service="balancer", port=80, carries=ALL, public=True, weight=weight),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        return (Need(services=("web",), why="hands requests on", fronts=True),)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        assert isinstance(placed.written, BalancerSettings)
        return Demand(cpu_ms=exact(placed.written.cpu_ms or 0.0))


class WebSettings(Settings):
    file_ms: float | None = None
    page_ms: float | None = None
    file_bytes: float | None = None
    guessed_bytes: float | None = None


class Web(Part):
    """Answers files itself and hands pages to the application on its own host."""

    name = "web"
    title = "Web"
    roles: ClassVar[Mapping[str, str]] = {"web": "the entry"}
    offers: ClassVar[Mapping[str, tuple[str, ...]]] = {"web": ("web",)}
    settings = WebSettings

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        return (Endpoint(service="web", port=80, carries=ALL, public=True, slots=4096),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        return (Need(services=("app",), why="hands pages on", local_first=True),)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        assert isinstance(placed.written, WebSettings)
        cost = placed.written.file_ms if kind in FILES else placed.written.page_ms
        size = exact(placed.written.file_bytes or 0.0)
        if placed.written.guessed_bytes:
            size = guess(0, placed.written.guessed_bytes, 2 * placed.written.guessed_bytes, "a test")
        return Demand(cpu_ms=exact(cost or 0.0), bytes_out=size)


class AppSettings(Settings):
    workers: int | None = None
    rss: float | None = None
    free: bool | None = None


class App(Part):
    """Runs the site's code with a given number of workers."""

    name = "app"
    title = "App"
    roles: ClassVar[Mapping[str, str]] = {"app": "runs the code"}
    offers: ClassVar[Mapping[str, tuple[str, ...]]] = {"app": ("app",)}
    settings = AppSettings

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        assert isinstance(placed.written, AppSettings)
        return (Endpoint(service="app", port=8000, carries=DYNAMIC, slots=placed.written.workers),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        assert isinstance(placed.written, AppSettings)
        return (
            Need(services=("pool", "sql"), why="queries", connections=placed.written.workers or 0),
            Need(services=("sql_replica",), why="reads"),
            Need(services=("cache",), why="remembers"),
            Need(services=("nfs",), why="keeps uploads"),
        )

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        assert isinstance(placed.written, AppSettings)
        return None if placed.written.free else Demand(cpu_ms=demand_of(item, kind).app_cpu_ms)

    def memory(self, placed: Placed) -> Memory:
        assert isinstance(placed.written, AppSettings)
        return Memory(parts={"workers": exact((placed.written.rss or 50) * (placed.written.workers or 1))})


class RowsSettings(Settings):
    max_connections: int | None = None


class Rows(Part):
    """A database, its replica, and a pool before it."""

    name = "rows"
    title = "Rows"
    roles: ClassVar[Mapping[str, str]] = {"rows": "keeps rows", "copy": "keeps a copy", "pool": "shares connections"}
    offers: ClassVar[Mapping[str, tuple[str, ...]]] = {"rows": ("sql",), "copy": ("sql_replica",), "pool": ("pool",)}
    settings = RowsSettings

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        assert isinstance(placed.written, RowsSettings)
        [service] = self.offers[placed.role.name]
        slots = placed.written.max_connections
        return (Endpoint(service=service, port=5432, carries=DYNAMIC, slots=slots if service == "sql" else None),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        if placed.role.name == "rows":
            return ()
        why = "replicates" if placed.role.name == "copy" else "passes queries on"
        return (Need(services=("sql",), why=why, connections=2),)

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        if placed.role.name == "pool":
            return None
        return Demand(cpu_ms=demand_of(item, kind).database_cpu_ms, calls=5)


class Files(Part):
    """A media server, and the disk that it shares."""

    name = "files"
    title = "Files"
    roles: ClassVar[Mapping[str, str]] = {
        "files": "serves media",
        "shelf": "keeps files",
        "memo": "remembers",
        "mount": "fetches files",
    }
    offers: ClassVar[Mapping[str, tuple[str, ...]]] = {"files": ("media",), "shelf": ("nfs",), "memo": ("cache",)}

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        if placed.role.name == "files":
            return (Endpoint(service="media", port=80, carries=frozenset({"media"}), public=True),)
        if placed.role.name == "memo":
            return (Endpoint(service="cache", port=11211, carries=DYNAMIC),)
        return (Endpoint(service="nfs", port=2049),) if placed.role.name == "shelf" else ()

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        return (Need(services=("nfs",), why="fetches"),) if placed.role.name == "mount" else ()

    def demand(self, placed: Placed, kind: Kind, item: RequestClass) -> Demand | None:
        return Demand(cpu_ms=exact(0.1), bytes_out=exact(80_000)) if placed.role.name == "files" else None


class Names(Part):
    """A name server."""

    name = "names"
    title = "Names"
    roles: ClassVar[Mapping[str, str]] = {"names": "answers names"}
    offers: ClassVar[Mapping[str, tuple[str, ...]]] = {"names": ("dns",)}

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        return (Endpoint(service="dns", port=53, protocol="udp", public=True),)


class Mirror(Part):
    """Two roles that hand requests to each other for ever."""

    name = "mirror"
    title = "Mirror"
    roles: ClassVar[Mapping[str, str]] = {"left": "to the right", "right": "to the left"}
    offers: ClassVar[Mapping[str, tuple[str, ...]]] = {"left": ("app",), "right": ("pool",)}

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        [service] = self.offers[placed.role.name]
        return (Endpoint(service=service, port=9, carries=DYNAMIC, public=service == "app"),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        return (Need(services=("pool" if placed.role.name == "left" else "app",), why="goes round"),)


PARTS = (Balancer(), Web(), App(), Rows(), Files(), Names(), Mirror())
COMPONENTS: Mapping[str, Component] = {role: component for component in PARTS for role in component.roles}
TYPES = {
    "one": {"cores": 1, "ram_mib": 2048, "network_mbit": 100, "price_month": 10},
    "two": {"cores": 2, "ram_mib": 4096, "network_mbit": 100, "price_month": 20},
    "four": {"cores": 4, "ram_mib": 8192, "price_month": 40},
}
PAGE = {"share": 1, "app_cpu_ms": {"low": 40, "mid": 40, "high": 40, **EXACT},
        "database_cpu_ms": {"low": 25, "mid": 25, "high": 25, **EXACT}}  # fmt: skip
"""The textbook page: 40 ms of Python and 25 ms of the database."""


def work(rate: float = 10, *, classes: dict[str, Any] | None = None, **more: Any) -> Workload:
    """A workload; of textbook pages unless said otherwise."""
    chosen = {"page": PAGE} if classes is None else classes
    text = json.dumps({"peak_requests_per_second": rate, "classes": chosen, **more})
    return Workload.model_validate_json(text)


def tier(name: str, roles: list[Any], *, count: int = 1, type: str = "two") -> dict[str, Any]:
    """A tier of equal servers."""
    return {"name": name, "servers": {"count": count, "type": type}, "roles": roles}


def plan(*tiers: dict[str, Any], **more: Any) -> Design:
    """A plan of these tiers."""
    sites = [{"name": "site", "domains": ["example.com"]}]
    data = {"tierwright": 1, "name": "plan", "sites": sites, "server_types": TYPES, "tiers": list(tiers), **more}
    return Design.model_validate_json(json.dumps(data))


def cluster(design: Design, workload: Workload) -> Cluster:
    """The plan with these components."""
    return Cluster(design=design, workload=workload, components=COMPONENTS)


def foreseen(*tiers: dict[str, Any], workload: Workload | None = None, **more: Any) -> Forecast:
    """The forecast of these tiers."""
    return forecast_of(cluster(plan(*tiers, **more), workload or work()))


__all__ = [
    "ALL", "COMPONENTS", "PAGE", "Part", "cluster", "estimate", "exact", "foreseen", "plan", "tier", "work",
]  # fmt: skip
