"""SQLite: a file on the app server itself, which no other server reaches."""

from __future__ import annotations

import pytest

from tests.topology.components.rendered import cluster, text_of, tier
from topology.components import Cluster
from topology.workload import RequestClass

TWO_SITES = (
    {"name": "newspaper", "domains": ["www.example.com"]},
    {"name": "sports-archive", "domains": ["sports.example.com"]},
)


def one_server() -> Cluster:
    """Everything on one server."""
    return cluster(tier("web", ["nginx", "gunicorn", "sqlite"]), sites=TWO_SITES)


def test_each_site_has_a_file_outside_its_code() -> None:
    edges = one_server().edges_to("web1", "sql")

    assert [(edge.endpoint.site, edge.endpoint.socket) for edge in edges] == [
        ("newspaper", "/srv/newspaper/data/db.sqlite3"),
        ("sports-archive", "/srv/sports-archive/data/db.sqlite3"),
    ]


def test_its_directories_and_files_belong_to_the_sites_user_alone() -> None:
    assert text_of(one_server(), "web1", "/etc/tmpfiles.d/tierwright-sqlite.conf").splitlines() == [
        "d /srv/newspaper/data 0750 www-data www-data - -",
        "f /srv/newspaper/data/db.sqlite3 0640 www-data www-data - -",
        "d /srv/sports-archive/data 0750 www-data www-data - -",
        "f /srv/sports-archive/data/db.sqlite3 0640 www-data www-data - -",
    ]


def test_no_other_server_reaches_it() -> None:
    design = cluster(tier("web", ["nginx", "gunicorn", "memcached"]), tier("database", ["sqlite"]))

    assert design.edges_to("database1", "sql") == ()


def test_a_request_costs_what_the_cache_does_not_answer() -> None:
    placed = one_server().find("web1", "sqlite")

    demand = placed.component.demand(placed, "page", RequestClass(share=1, database_cpu_ms=4.0, cached_share=0.25))

    assert demand is not None
    assert demand.cpu_ms.mid == pytest.approx(3.0)
    assert placed.component.demand(placed, "static", RequestClass(share=1)) is None
