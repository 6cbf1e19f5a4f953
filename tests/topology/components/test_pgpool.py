"""pgpool: a process for every client, connections that fit, reads over all servers, and nobody else let in."""

from __future__ import annotations

import pytest

from tests.topology.components.rendered import cluster, file_of, found, number, reading, text_of, tier
from topology.components import Cluster
from topology.design import TierwrightError

CONFIG, ACCESS = "/etc/pgpool2/pgpool.conf", "/etc/pgpool2/pool_hba.conf"
START = "/etc/postgresql/15/main/conf.d/tierwright-start.conf"


def beside_each(count: int = 2, replica: str = "postgresql_replica") -> Cluster:
    """A pool beside each application, a primary and a replica."""
    return cluster(
        tier("web", ["nginx", "gunicorn", "pgpool", "memcached"], count=count),
        tier("database", ["postgresql"]),
        tier("copy", [replica]),
    )


def test_every_client_has_a_process_and_one_more_is_refused_instead_of_waiting() -> None:
    design = beside_each()
    said = reading(design, "web1", "pgpool")

    assert said.accepts is not None
    assert said.accepts >= design.connections_to("web1", "pool")
    assert number(r"reserved_connections = (\d+)", text_of(design, "web1", CONFIG)) == 1


def test_a_pool_on_a_server_of_its_own_has_a_process_for_the_clients_of_all() -> None:
    design = cluster(
        tier("web", ["nginx", "gunicorn", "memcached"], count=3), tier("pool", ["pgpool"]), tier("db", ["postgresql"])
    )

    assert (reading(design, "pool1", "pgpool").accepts or 0) >= design.connections_to("pool1", "pool") > 0


def test_what_all_processes_open_fits_into_each_database() -> None:
    design = beside_each(3)
    opened = sum(reading(design, f"web{each}", "pgpool").opens["sql"] for each in (1, 2, 3))

    for host in ("database1", "copy1"):
        start = text_of(design, host, START)
        room = number(r"max_connections = (\d+)", start) - number(r"superuser_reserved_connections = (\d+)", start)
        assert opened <= room


def test_reads_go_to_the_primary_and_the_replicas() -> None:
    config = text_of(beside_each(), "web1", CONFIG)

    assert found(r"^backend_hostname\d = '(.*)'$", config) == ["10.0.0.13", "10.0.0.14"]
    assert found(r"^backend_weight\d = (.*)$", config) == ["1", "1"]
    assert found(r"^backend_clustering_mode = (.*)$", config) == ["'streaming_replication'"]


def test_subscribers_of_slony_have_a_mode_of_their_own() -> None:
    config = text_of(beside_each(replica="postgresql_subscriber"), "web1", CONFIG)

    assert found(r"^backend_clustering_mode = (.*)$", config) == ["'slony'"]
    assert "sr_check_user" not in config


def test_beside_its_only_clients_it_listens_on_loopback_and_lets_nobody_else_in() -> None:
    design = beside_each()

    assert found(r"^listen_addresses = (.*)$", text_of(design, "web1", CONFIG)) == ["'127.0.0.1'"]
    assert found(r"^host (.*)$", text_of(design, "web1", ACCESS)) == ["newspaper newspaper 127.0.0.1/32 scram-sha-256"]


def test_no_password_is_in_a_file_and_both_secrets_are_named() -> None:
    placed = beside_each().find("web1", "pgpool")

    secrets = [path for item in placed.component.preparations(placed) for path in item.secrets]

    assert secrets == ["/etc/pgpool2/pgpoolkey", "/etc/pgpool2/pool_passwd"]
    assert not any("password =" in file.text for file in placed.component.files(placed))


def test_it_does_not_stand_beside_another_pool() -> None:
    design = cluster(tier("web", ["nginx", "gunicorn", "pgpool", "pgbouncer"]), tier("db", ["postgresql"]))

    with pytest.raises(TierwrightError, match="may not share a server"):
        design.edges  # noqa: B018


def test_without_a_postgresql_it_is_refused_with_a_way_out() -> None:
    design = cluster(tier("web", ["nginx", "gunicorn", "pgpool"]), tier("db", ["mariadb"]))

    with pytest.raises(TierwrightError, match="no server has the role postgresql"):
        file_of(design, "web1", CONFIG)


def test_two_ways_of_copying_behind_one_pool_are_refused() -> None:
    design = cluster(
        tier("web", ["nginx", "gunicorn", "pgpool"]),
        tier("db", ["postgresql"]),
        tier("copy", ["postgresql_replica"]),
        tier("other", ["postgresql_subscriber"]),
    )

    with pytest.raises(TierwrightError, match="knows one of both"):
        file_of(design, "web1", CONFIG)
