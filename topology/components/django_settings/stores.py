"""Where a site's database, cache, queue of jobs and uploads are, as its application server reaches them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from topology.components.base import Placed
from topology.components.cluster import Edge
from topology.design import Site
from topology.errors import Place, TierwrightError

Address = tuple[str, int]
RUNS_PYTHON = ("app", "jobs")
"""Services of the roles that run a site's code: for requests, and for what is done later."""


@dataclass(frozen=True, kw_only=True)
class Database:
    """A site's database: a file, or the addresses to try in order."""

    file: str | None = None
    engine: Literal["sqlite3", "postgresql", "mysql"] = "postgresql"
    name: str = ""
    places: tuple[Address, ...] = ()
    pooled: bool = False
    """A pool stands before it."""


@dataclass(frozen=True, kw_only=True)
class Cache:
    """The cache servers, the same list on every host; none where the one host has a cache of its own."""

    backend: Literal["memory", "memcached", "redis"] = "memory"
    servers: tuple[str, ...] = ()


def database_of(placed: Placed, site: Site) -> Database:
    """The database of a site; raises TierwrightError where the plan has none, or several that take writes."""
    _refuse_several(placed)
    edges = [edge for edge in _edges(placed, "pool", "sql") if edge.endpoint.site in ("", site.name)]
    files = [edge.endpoint.socket for edge in edges if edge.endpoint.socket]
    if files:
        return Database(file=files[0], engine="sqlite3")
    places = _rotated(placed, [(placed.cluster.address_of(edge), edge.endpoint.port) for edge in edges])
    speaks: set[str] = {edge.endpoint.speaks or "postgresql" for edge in edges}
    if not places:
        speaks, places = _managed_database(placed, site)
    return Database(
        engine="mysql" if speaks == {"mysql"} else "postgresql",
        name=site.database,
        places=tuple(places),
        pooled=any(edge.endpoint.service == "pool" for edge in edges),
    )


def _refuse_several(placed: Placed) -> None:
    """Two servers that both take writes drift apart from the first one on."""
    keepers = [host.name for host in placed.cluster.hosts_offering("sql")]
    if len(keepers) > 1:
        raise TierwrightError(
            f"{len(keepers)} servers keep a database of their own ({', '.join(keepers[:4])}), and each would take other"
            " writes; leave it on one of them, and give the others postgresql_replica or none",
            place=Place(path=f"tier {placed.host.tier}"),
        )


def _managed_database(placed: Placed, site: Site) -> tuple[set[str], list[Address]]:
    """A database that others run: the first kind that the plan names."""
    for kind in ("postgresql", "mysql"):
        places = list(external_of(placed, kind))
        if places:
            return {kind}, places if kind == "postgresql" else places[:1]
    raise TierwrightError(
        f"no server of this plan keeps the database of {site.name}; give one the role postgresql, or sqlite on"
        " the application server itself",
        place=Place(path=f"tier {placed.host.tier}"),
    )


def cache_of(placed: Placed) -> Cache:
    """The cache servers, the same text in the same order on every host; of Redis the primary stands first."""
    cluster = placed.cluster
    edges = sorted(_edges(placed, "cache"), key=lambda edge: _is_replica(placed, edge))
    backends = {"redis" if edge.endpoint.speaks == "redis" else "memcached" for edge in edges}
    servers = [f"{cluster.host(edge.server).address}:{edge.endpoint.port}" for edge in edges]
    if not servers:
        backends, servers = _managed_cache(placed)
    _refuse_none(placed, servers)
    _refuse_mixed(placed, backends)
    if backends == {"redis"}:
        _refuse_two_primaries(placed, edges)
        return Cache(backend="redis", servers=tuple(dict.fromkeys(f"redis://{server}/0" for server in servers)))
    return Cache(backend="memcached" if servers else "memory", servers=tuple(dict.fromkeys(servers)))


def _managed_cache(placed: Placed) -> tuple[set[str], list[str]]:
    for kind in ("memcached", "redis"):
        servers = [f"{host}:{port}" for host, port in external_of(placed, kind)]
        if servers:
            return {kind}, servers
    return set(), []


def _refuse_none(placed: Placed, servers: list[str]) -> None:
    applications = placed.cluster.count(*RUNS_PYTHON)
    if not servers and applications > 1:
        raise TierwrightError(
            f"{applications} application servers and no cache: each would keep its own, and they would disagree; give"
            " one or more servers the role memcached",
            place=Place(path=f"tier {placed.host.tier}"),
        )


def _refuse_mixed(placed: Placed, backends: set[str]) -> None:
    if len(backends) > 1:
        raise TierwrightError(
            "some cache servers speak memcached and others Redis, and Django keeps its cache in one of them; take the"
            " roles of one kind away, or let Redis serve the queue alone: {redis: {serves: broker}}",
            place=Place(path=f"tier {placed.host.tier}"),
        )


def _refuse_two_primaries(placed: Placed, edges: list[Edge]) -> None:
    """Django writes to the first of the list and reads from the others: a second primary would never be filled."""
    primaries = sorted({edge.server for edge in edges if not _is_replica(placed, edge)})
    if len(primaries) > 1:
        raise TierwrightError(
            f"{' and '.join(primaries[:4])} both take writes of the cache, and Django would read from the one what it"
            " wrote to the other; give all but one the role redis_replica",
            place=Place(path=f"tier {placed.cluster.host(primaries[1]).tier}"),
        )


def _is_replica(placed: Placed, edge: Edge) -> bool:
    """Whether a cache server copies another one."""
    cluster = placed.cluster
    return bool(cluster.edges_from(cluster.find(edge.server, edge.server_role), "cache_primary"))


def broker_of(placed: Placed) -> str | None:
    """Address and port of the queue, None where the plan has no jobs; raises TierwrightError for jobs without one."""
    cluster = placed.cluster
    edges = cluster.edges_from(placed, "broker")
    if edges:
        return f"{cluster.host(edges[0].server).address}:{edges[0].endpoint.port}"
    if not cluster.hosts_offering("jobs"):
        return None
    for host, port in external_of(placed, "redis"):
        return f"{host}:{port}"
    raise TierwrightError(
        "there are workers for jobs, and no queue to take them from; give a server the role redis",
        place=Place(path=f"tier {placed.host.tier}"),
    )


def bucket_of(placed: Placed) -> str | None:
    """URL of the object store that keeps uploads, where others run one."""
    for host, port in external_of(placed, "s3"):
        return f"{'https' if port == 443 else 'http'}://{host}:{port}"
    return None


def _edges(placed: Placed, *services: str) -> Iterator[Edge]:
    """The connections of what runs the sites' code on this host."""
    for beside in runners(placed):
        yield from placed.cluster.edges_from(beside, *services)


def runners(placed: Placed) -> Iterator[Placed]:
    """The roles of this host that run the sites' code, those for requests first."""
    roles = placed.cluster.by_host[placed.host.name]
    for service in RUNS_PYTHON:
        yield from (p for p in roles if service in p.component.offers.get(p.role.name, ()))


def _rotated(placed: Placed, places: list[Address]) -> list[Address]:
    """Each application server begins with another of several pools, and goes on to the next where one is lost."""
    places = list(dict.fromkeys(places))
    names = [host.name for host in placed.cluster.hosts_offering(*RUNS_PYTHON)]
    start = names.index(placed.host.name) % max(1, len(places)) if placed.host.name in names else 0
    return places[start:] + places[:start]


def external_of(placed: Placed, kind: str) -> Iterator[Address]:
    """Host and port of every external of a kind."""
    for external in placed.cluster.design.externals:
        if external.kind == kind:
            host, _, port = external.endpoint.rpartition(":")
            yield host, int(port)
