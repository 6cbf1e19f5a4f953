"""The cluster: who reaches whom, on which port, and what the public sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from topology.components.base import DYNAMIC, Component, ConfigFile, Endpoint, Need, Placed
from topology.components.cluster import PUBLIC, Cluster
from topology.design import Design, TierwrightError


class Front(Component):
    """Stands before the entries."""

    name = "front"
    title = "Front"
    roles: ClassVar[Mapping[str, str]] = {"front": "stands before the entries"}
    offers: ClassVar[Mapping[str, tuple[str, ...]]] = {"front": ("balancer",)}
    packages: ClassVar[Mapping[str, str]] = {}

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        return (Endpoint(service="balancer", port=80, carries=DYNAMIC, public=True),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        return (Need(services=("web",), why="passes requests on", fronts=True, connections=7),)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        return ()


class Entry(Component):
    """Answers requests; prefers a pool, its own host's first, to a database."""

    name = "entry"
    title = "Entry"
    roles: ClassVar[Mapping[str, str]] = {"entry": "answers requests"}
    offers: ClassVar[Mapping[str, tuple[str, ...]]] = {"entry": ("web",)}
    packages: ClassVar[Mapping[str, str]] = {}

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        return (Endpoint(service="web", port=8080, carries=DYNAMIC, public=True),)

    def needs(self, placed: Placed) -> tuple[Need, ...]:
        return (Need(services=("pool", "sql"), why="asks the database", local_first=True),)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        return ()


class Store(Component):
    """Keeps rows, on a socket or a port."""

    name = "store"
    title = "Store"
    roles: ClassVar[Mapping[str, str]] = {"store": "keeps rows", "pool": "shares connections", "file_store": "a file"}
    offers: ClassVar[Mapping[str, tuple[str, ...]]] = {"store": ("sql",), "pool": ("pool",), "file_store": ("sql",)}
    packages: ClassVar[Mapping[str, str]] = {}

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        if placed.role.name == "file_store":
            return (Endpoint(service="sql", port=0, socket="/srv/rows"),)
        service = self.offers[placed.role.name][0]
        return (Endpoint(service=service, port=5432 if service == "sql" else 6432),)

    def files(self, placed: Placed) -> tuple[ConfigFile, ...]:
        return ()


class Everywhere(Store):
    """Belongs beside every entry."""

    name = "beside"
    roles: ClassVar[Mapping[str, str]] = {"beside": "implied"}
    offers: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    implied_by = frozenset({"web"})

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        return ()


class Squatter(Store):
    """Listens where the entry does."""

    name = "squatter"
    roles: ClassVar[Mapping[str, str]] = {"squatter": "keeps values"}
    offers: ClassVar[Mapping[str, tuple[str, ...]]] = {"squatter": ("cache",)}

    def endpoints(self, placed: Placed) -> tuple[Endpoint, ...]:
        return (Endpoint(service="cache", port=8080),)


COMPONENTS = {
    role: component for component in (Front(), Entry(), Store(), Squatter(), Everywhere()) for role in component.roles
}


def cluster(**tiers: list[str]) -> Cluster:
    """A cluster of one server a tier, named after it."""
    data: dict[str, Any] = {
        "tierwright": 1,
        "name": "plan",
        "sites": [{"name": "site", "domains": ["example.com"]}],
        "tiers": [
            {"name": name, "servers": [{"name": name, "type": "small"}], "roles": roles}
            for name, roles in tiers.items()
        ],
    }
    import json

    return Cluster(design=Design.model_validate_json(json.dumps(data)), workload=None, components=COMPONENTS)


def ends(of: Cluster) -> set[tuple[str, str, int]]:
    return {(edge.client, edge.server, edge.endpoint.port) for edge in of.edges}


def test_the_public_reaches_the_entry_where_nothing_stands_before_it() -> None:
    assert ends(cluster(web=["entry"], db=["store"])) == {(PUBLIC, "web", 8080), ("web", "db", 5432)}


def test_a_front_takes_the_public_over() -> None:
    found = ends(cluster(lb=["front"], web=["entry"]))

    assert found == {(PUBLIC, "lb", 80), ("lb", "web", 8080)}


def test_the_first_service_that_anybody_provides_is_used() -> None:
    found = ends(cluster(web=["entry"], pool=["pool"], db=["store"]))

    assert ("web", "pool", 6432) in found
    assert ("web", "db", 5432) not in found


def test_a_local_provider_is_preferred() -> None:
    found = ends(cluster(web1=["entry", "pool"], web2=["entry", "pool"]))

    assert {pair for pair in found if pair[0] == "web1"} == {("web1", "web1", 6432)}


def test_a_socket_is_reached_on_its_own_host_only() -> None:
    found = ends(cluster(web1=["entry", "file_store"], web2=["entry"]))

    assert ("web1", "web1", 0) in found
    assert not {pair for pair in found if pair[0] == "web2"}


def test_an_implied_role_stands_beside_what_implies_it_once() -> None:
    found = cluster(web=["entry"], db=["store"])

    assert [p.role.name for p in found.by_host["web"]] == ["entry", "beside"]
    assert [p.role.name for p in found.by_host["db"]] == ["store"]


def test_connections_of_a_need_are_on_its_edges() -> None:
    [edge] = cluster(lb=["front"], web=["entry"]).edges_to("web")

    assert edge.connections == 7
    assert edge.why == "passes requests on"


def test_an_unknown_role_is_refused_with_its_tier() -> None:
    with pytest.raises(TierwrightError, match="no role is called nothing"):
        _ = cluster(web=["nothing"]).placed


def test_two_programs_that_want_one_port_are_refused_with_their_server() -> None:
    with pytest.raises(TierwrightError, match="entry and squatter both listen on tcp port 8080 of web"):
        _ = cluster(web=["entry", "squatter"]).edges


def test_two_programs_may_listen_on_one_port_of_two_servers() -> None:
    assert cluster(web=["entry"], other=["squatter"]).edges
