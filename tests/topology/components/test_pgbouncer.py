"""PgBouncer: its pools keep the database busy and no more, and every client fits in front of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.topology.components.rendered import cluster, file_of, found, number, reason, text_of, tier
from topology.components import Cluster, Limits
from topology.components.pgbouncer.settings import to_database
from topology.demands import POOLED_QUERY
from topology.design import TierwrightError
from topology.workload import RequestClass

CONFIG, LISTEN = "/etc/pgbouncer/pgbouncer.ini", "/etc/pgbouncer/tierwright-listen.ini"
LIMIT = "/etc/systemd/system/pgbouncer.service.d/tierwright.conf"
START, ACCESS = "/etc/postgresql/15/main/conf.d/tierwright-start.conf", "/etc/postgresql/15/main/pg_hba.conf"
DATABASE = tier("database", ["postgresql"], type="large")
TWO_SITES = (
    {"name": "newspaper", "domains": ["www.example.com"]},
    {"name": "sports-archive", "domains": ["sports.example.com"]},
)


def beside_the_apps(count: int = 3, **keys: Any) -> Cluster:
    """A pool on each app server."""
    return cluster(tier("web", ["nginx", "gunicorn", "pgbouncer", "memcached"], count=count), DATABASE, **keys)


def apart(pools: int = 1, **keys: Any) -> Cluster:
    """Pools on servers of their own."""
    web = tier("web", ["nginx", "gunicorn", "memcached"], count=2)
    return cluster(web, tier("pool", ["pgbouncer"], count=pools, type="small"), DATABASE, **keys)


@pytest.mark.parametrize(("count", "size"), [(1, 17), (2, 9), (3, 6), (20, 2)])
def test_pools_share_what_keeps_the_database_busy(count: int, size: int) -> None:
    # 8 cores: 2 x 8 + 1
    config = text_of(beside_the_apps(count), "web1", CONFIG)

    assert number(r"default_pool_size = (\d+)", config) == size


def test_sites_share_the_connections_of_a_pool() -> None:
    config = text_of(beside_the_apps(1, sites=TWO_SITES), "web1", CONFIG)

    assert number(r"default_pool_size = (\d+)", config) == 9
    assert found(r"^(\w+) = host=", config) == ["newspaper", "sports_archive"]


@pytest.mark.parametrize("count", [1, 3, 40])
def test_all_pools_with_their_reserve_fit_into_the_database(count: int) -> None:
    design = beside_the_apps(count, sites=TWO_SITES)
    start = text_of(design, "database1", START)

    asked = sum(to_database(design.find(f"web{n}", "pgbouncer")) for n in range(1, count + 1))

    reserved = number(r"superuser_reserved_connections = (\d+)", start)
    assert asked <= number(r"max_connections = (\d+)", start) - reserved


def test_no_more_reach_the_database_than_it_was_told_of() -> None:
    design = beside_the_apps(2, sites=TWO_SITES)
    config = text_of(design, "web1", CONFIG)

    assert 2 * number(r"max_db_connections = (\d+)", config) == to_database(design.find("web1", "pgbouncer"))


@pytest.mark.parametrize("pools", [1, 2])
def test_every_client_fits_even_where_another_pool_is_lost(pools: int) -> None:
    design = apart(pools)
    everybody = sum(edge.connections for edge in design.edges_to("pool1", "pool"))

    assert {edge.client for edge in design.edges_to("pool1", "pool")} == {"web1", "web2"}
    assert everybody <= number(r"max_client_conn = (\d+)", text_of(design, "pool1", LISTEN))


def test_open_files_hold_the_connections_of_both_sides() -> None:
    design = cluster(tier("all", ["nginx", "gunicorn", "postgresql", {"pgbouncer": {"max_client_conn": 5000}}]))

    files = number(r"LimitNOFILE=(\d+)", text_of(design, "all1", LIMIT))

    assert files > 5000 + to_database(design.find("all1", "pgbouncer"))


@pytest.mark.parametrize("seconds", [5, 30, 120])
def test_a_client_waits_for_less_than_a_request_may_take(seconds: int) -> None:
    config = text_of(beside_the_apps(limits=Limits(request_seconds=seconds)), "web1", CONFIG)

    assert number(r"query_wait_timeout = (\d+)", config) < seconds


def test_beside_its_only_clients_it_listens_on_loopback() -> None:
    assert "listen_addr = 127.0.0.1\n" in text_of(beside_the_apps(), "web1", LISTEN)


def test_on_a_server_of_its_own_it_listens_on_its_private_address() -> None:
    assert "listen_addr = 10.0.0.13\n" in text_of(apart(), "pool1", LISTEN)


def test_a_new_address_restarts_it_and_a_new_database_does_not() -> None:
    design = beside_the_apps()

    assert file_of(design, "web1", LISTEN).action == "restart"
    assert file_of(design, "web1", CONFIG).action == "reload"


def test_the_first_primary_of_the_plan_is_the_database() -> None:
    [address] = found(
        r"^newspaper = host=(\S+) port=5432 dbname=newspaper$", text_of(beside_the_apps(), "web1", CONFIG)
    )

    assert address == "10.0.0.14"


def test_a_database_that_others_run_is_pooled_too() -> None:
    web = tier("web", ["nginx", "gunicorn", "pgbouncer"])
    external = {"name": "managed", "kind": "postgresql", "endpoint": "db.example.net:5433"}
    design = cluster(web, externals=[external])

    assert "newspaper = host=db.example.net port=5433 dbname=newspaper\n" in text_of(design, "web1", CONFIG)


def test_a_pool_before_nothing_is_refused_with_a_way_out() -> None:
    design = cluster(tier("pool", ["pgbouncer"]))

    with pytest.raises(TierwrightError, match="no server has the role postgresql"):
        file_of(design, "pool1", CONFIG)


def test_the_door_of_a_replica_is_open_before_it_is_promoted() -> None:
    replica = tier("copy", ["postgresql_replica"], type="large")
    design = cluster(tier("web", ["nginx", "gunicorn", "pgbouncer"]), DATABASE, replica)

    assert [edge.client for edge in design.edges_to("copy1", "sql_replica")] == ["web1"]
    assert "10.0.0.11/32" in text_of(design, "copy1", ACCESS)


def test_its_users_are_made_by_hand_and_no_password_is_rendered() -> None:
    design = beside_the_apps()
    placed = design.find("web1", "pgbouncer")

    assert [item.secrets for item in placed.component.preparations(placed)] == [("/etc/pgbouncer/userlist.txt",)]
    assert "password" not in text_of(design, "web1", CONFIG)


def test_what_the_plan_writes_is_kept_and_said() -> None:
    design = cluster(tier("all", ["nginx", "gunicorn", "postgresql", {"pgbouncer": {"default_pool_size": 3}}]))
    config = file_of(design, "all1", CONFIG)

    assert "default_pool_size = 3\n" in config.text
    assert reason(config, "default_pool_size").formula == "as written in the plan"


def test_a_request_costs_it_a_little_for_each_query() -> None:
    placed = beside_the_apps().find("web1", "pgbouncer")
    item = RequestClass(share=1, database_calls=10, cached_share=0.5)

    demand = placed.component.demand(placed, "page", item)

    assert demand is not None
    assert demand.calls == 5
    assert demand.cpu_ms.mid == pytest.approx(5 * POOLED_QUERY.mid)
    assert placed.component.demand(placed, "static", item) is None


def test_it_takes_little_memory_and_more_with_its_clients() -> None:
    few, many = (beside_the_apps(2).find("web1", "pgbouncer"), apart().find("pool1", "pgbouncer"))

    sizes = [placed.component.memory(placed).mid for placed in (few, many)]

    assert 5 < sizes[0] < sizes[1] < 20


def test_a_database_that_speaks_another_language_is_refused() -> None:
    design = cluster(tier("web", ["nginx", "gunicorn", "pgbouncer"]), tier("database", ["mariadb"]))

    with pytest.raises(TierwrightError, match="pool connections of PostgreSQL, and database1 speaks mysql"):
        text_of(design, "web1", CONFIG)


def test_its_files_are_read_back_with_what_all_its_pools_may_open() -> None:
    sites = tuple({"name": name, "domains": [f"{name}.example.com"]} for name in ("newspaper", "sports-archive"))
    design = cluster(
        tier("web", ["nginx", "gunicorn", "pgbouncer", "memcached"], count=2),
        tier("database", ["postgresql"]),
        sites=sites,
    )
    placed = design.find("web1", "pgbouncer")

    said = placed.component.read(placed, {file.path: file.text for file in placed.component.files(placed)})

    assert said.pool_mode == "transaction"
    assert said.opens["sql"] == sum(edge.connections for edge in design.edges_from(placed, "sql"))
    assert [(target.address, target.site) for target in said.targets] == [
        ("10.0.0.13", "newspaper"),
        ("10.0.0.13", "sports-archive"),
    ]
    assert said.open_files is not None
    assert said.open_files >= (said.accepts or 0) + said.opens["sql"]
