"""The words of each database: its own for MariaDB, PostgreSQL's for the rest."""

from __future__ import annotations

from topology.design import Site
from topology.stages.stores import MARIADB, POSTGRESQL, store_of

SITE = Site(name="late-news", domains=("www.example.com",))


def test_a_dump_names_the_sites_own_database() -> None:
    assert store_of("mariadb").dumps(SITE) == "mariadb-dump --single-transaction --routines late_news"
    assert store_of("postgresql").dumps(SITE) == "runuser -u postgres -- pg_dump --format=custom late_news"


def test_a_role_without_words_of_its_own_speaks_postgresqls() -> None:
    assert store_of("postgresql_replica") is POSTGRESQL
    assert store_of("mariadb_replica") is MARIADB


def test_both_count_the_same_migrations() -> None:
    assert all("select count(*) from django_migrations" in store.counts(SITE) for store in (POSTGRESQL, MARIADB))
