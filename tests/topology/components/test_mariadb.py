"""MariaDB: every client fits, a replica follows its primary, and nobody else is let in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.topology.components.rendered import cluster, found, number, reading, text_of, tier
from topology.components import Admission, Cluster
from topology.design import TierwrightError

CONFIG = "/etc/mysql/mariadb.conf.d/70-tierwright.cnf"
ACCOUNTS, PRIMARY = "/etc/mysql/tierwright/accounts.sql", "/etc/mysql/tierwright/primary.sql"
TWO_SITES = (
    {"name": "newspaper", "domains": ["www.example.com"]},
    {"name": "sports-archive", "domains": ["sports.example.com"]},
)


def copied(**keys: Any) -> Cluster:
    return cluster(
        tier("web", ["nginx", "gunicorn", "memcached"], count=3),
        tier("main", ["mariadb"], type="large"),
        tier("copy", ["mariadb_replica"], type="large"),
        **keys,
    )


def test_every_client_fits_and_some_are_left() -> None:
    of = copied()
    asked = of.connections_to("main1", "sql")

    assert asked < number(r"^max_connections=(\d+)$", text_of(of, "main1", CONFIG)) <= asked + 5 + 20


def test_no_two_servers_have_one_number() -> None:
    of = copied()
    numbers = [number(r"^server_id=(\d+)$", text_of(of, host, CONFIG)) for host in ("main1", "copy1")]

    assert numbers == [10 * 2**24 + 14, 10 * 2**24 + 15]


def test_a_replica_refuses_writes_and_has_room_for_all_when_it_takes_the_lead() -> None:
    of = copied()
    main, copy = reading(of, "main1", "mariadb"), reading(of, "copy1", "mariadb_replica")

    assert "read_only=ON\n" in text_of(of, "copy1", CONFIG)
    assert "read_only" not in text_of(of, "main1", CONFIG)
    assert copy.accepts == main.accepts
    assert copy.follows == "10.0.0.14"


def test_accounts_are_for_each_client_and_each_site_only() -> None:
    admitted = reading(copied(sites=TWO_SITES), "main1", "mariadb").admits

    assert {entry for entry in admitted if entry.user == "sports_archive"} == {
        Admission(address=f"10.0.0.{last}", database="sports_archive", user="sports_archive") for last in (11, 12, 13)
    }
    assert [entry for entry in admitted if entry.user == "replicator"] == [
        Admission(address="10.0.0.15", database="replication", user="replicator")
    ]


def test_a_grant_is_for_one_database_and_not_for_a_pattern() -> None:
    granted = found(r"GRANT ALL PRIVILEGES ON `(\S+)`", text_of(copied(sites=TWO_SITES), "main1", ACCOUNTS))

    assert set(granted) == {"newspaper", r"sports\_archive"}


def test_no_password_is_written() -> None:
    of = copied()

    assert set(found(r"IDENTIFIED BY (.*)\);$", text_of(of, "main1", ACCOUNTS))) == {
        '", QUOTE(@newspaper)',
        '", QUOTE(@replicator)',
    }
    assert text_of(of, "copy1", PRIMARY).count("QUOTE(@replicator)") == 1


def test_a_database_without_replicas_writes_no_log_for_them() -> None:
    alone = cluster(tier("web", ["nginx", "gunicorn", "mariadb"]))

    assert "skip_log_bin=ON\n" in text_of(alone, "web1", CONFIG)
    assert "bind_address=127.0.0.1\n" in text_of(alone, "web1", CONFIG)


def test_statements_end_before_the_request() -> None:
    of = copied()

    assert reading(of, "main1", "mariadb").statement_seconds == 25 < of.limits.request_seconds


def test_a_primary_and_its_copy_on_one_server_are_refused() -> None:
    with pytest.raises(TierwrightError, match="mariadb and mariadb_replica may not share a server"):
        _ = cluster(tier("database", ["mariadb", "mariadb_replica"])).edges


@pytest.mark.parametrize("mine", ["mariadb", "mariadb_replica"])
@pytest.mark.parametrize("other", ["postgresql", "postgresql_replica"])
def test_it_shares_no_server_with_a_database_that_takes_what_it_leaves(mine: str, other: str) -> None:
    both = cluster(tier("db", [mine, other]), tier("one", ["mariadb"]), tier("two", ["postgresql"]))

    with pytest.raises(TierwrightError, match=f"{mine} and {other} may not share a server"):
        _ = both.edges
