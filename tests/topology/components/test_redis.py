"""Redis: the primary first, a queue that forgets nothing, and no password in a file."""

from __future__ import annotations

import pytest

from tests.topology.components.rendered import cluster, found, number, reading, text_of, tier
from topology.components import Cluster
from topology.design import TierwrightError

CONFIG, SETTINGS = "/etc/redis/redis.conf", "/etc/newspaper/tierwright_settings.py"
WEB = tier("web", ["nginx", "gunicorn"], count=2)
DATABASE = tier("database", ["postgresql"])


def copied() -> Cluster:
    """The replica's tier stands first in the plan."""
    return cluster(WEB, tier("copy", ["redis_replica"]), tier("main", ["redis"]), DATABASE)


def with_jobs(*cache: str) -> Cluster:
    return cluster(WEB, DATABASE, tier("cache", list(cache)), tier("jobs", ["celery_worker"]))


def test_the_primary_stands_first_in_every_list_of_django() -> None:
    of = copied()
    lists = [found(r'"redis://(\S+):6379/0"', text_of(of, host, SETTINGS)) for host in ("web1", "web2")]

    assert lists == [["10.0.0.14", "10.0.0.13"]] * 2


def test_two_that_take_writes_are_refused() -> None:
    two = cluster(WEB, DATABASE, tier("cache", ["redis"], count=2))

    with pytest.raises(TierwrightError, match="cache1 and cache2 both take writes of the cache"):
        text_of(two, "web1", SETTINGS)


def test_two_kinds_of_cache_are_refused() -> None:
    mixed = cluster(WEB, DATABASE, tier("cache", ["redis"]), tier("other", ["memcached"]))

    with pytest.raises(TierwrightError, match="some cache servers speak memcached and others Redis"):
        text_of(mixed, "web1", SETTINGS)


def test_a_queue_beside_memcached_serves_the_queue_alone() -> None:
    of = cluster(
        WEB,
        DATABASE,
        tier("cache", ["memcached"]),
        tier("queue", [{"redis": {"serves": "broker"}}]),
        tier("jobs", ["celery_worker"]),
    )

    assert "PyMemcacheCache" in text_of(of, "web1", SETTINGS)
    assert "@10.0.0.15:6379/" in text_of(of, "web1", SETTINGS)


@pytest.mark.parametrize(("jobs", "policy", "kept"), [(False, "allkeys-lru", "no"), (True, "noeviction", "yes")])
def test_a_queue_forgets_nothing_and_a_cache_the_oldest(jobs: bool, policy: str, kept: str) -> None:
    text = text_of(with_jobs("redis") if jobs else copied(), "cache1" if jobs else "main1", CONFIG)

    assert f"maxmemory-policy {policy}\n" in text
    assert f"appendonly {kept}\n" in text


def test_a_replica_holds_what_its_primary_holds() -> None:
    of = cluster(WEB, DATABASE, tier("main", ["redis"], type="large"), tier("copy", ["redis_replica"], type="small"))
    main, copy = (number(r"^maxmemory (\d+)mb$", text_of(of, host, CONFIG)) for host in ("main1", "copy1"))

    assert copy == main
    assert reading(of, "copy1", "redis_replica").follows == "10.0.0.14"


def test_every_client_fits() -> None:
    of = with_jobs("redis")

    assert (reading(of, "cache1", "redis").accepts or 0) > of.connections_to("cache1", "cache", "broker")


def test_a_replica_of_nothing_is_refused() -> None:
    with pytest.raises(TierwrightError, match="no server has the role redis; give it to one"):
        text_of(cluster(WEB, DATABASE, tier("copy", ["redis_replica"])), "copy1", CONFIG)


def test_the_password_is_in_a_file_that_nobody_exports() -> None:
    of = copied()
    text = text_of(of, "main1", CONFIG)

    assert "include /etc/redis/password.conf\n" in text
    assert "requirepass" not in text
    assert "/etc/redis/password.conf" not in {f.path for p in of.by_host["main1"] for f in p.component.files(p)}
