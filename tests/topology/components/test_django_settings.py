"""Django's settings: the same stores on every host, no secret in the text, nothing that each host has for itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.topology.components.rendered import SITE, cluster, found, text_of, tier
from topology.components import Cluster, Limits, Reading
from topology.design import TierwrightError

SETTINGS = "/etc/newspaper/tierwright_settings.py"
BLOG = {"name": "blog", "domains": ["www.example.com"], "path": "/blog/"}


def loaded(of: Cluster, host: str, folder: Path, site: str = "newspaper") -> dict[str, Any]:
    """The settings as Python has them, with throw-away secrets in the place that systemd names."""
    (folder / "secret_key").write_text("key\n")
    (folder / "database_password").write_text("password\n")
    code = text_of(of, host, f"/etc/{site}/tierwright_settings.py")
    names: dict[str, Any] = {}
    exec(compile(code.replace(f"/etc/{site}/secrets", str(folder)), "settings", "exec"), names)
    return names


def three_tiers(web: list[Any], count: int = 2, **keys: Any) -> Cluster:
    return cluster(
        tier("web", ["nginx", "gunicorn", *web], count=count),
        tier("cache", ["memcached"], count=2),
        tier("db", ["postgresql"]),
        **keys,
    )


def test_the_database_is_named_by_address(tmp_path: Path) -> None:
    database = loaded(three_tiers([]), "web1", tmp_path)["DATABASES"]["default"]

    assert (database["HOST"], database["PORT"]) == ("10.0.0.15", "5432")
    assert (database["NAME"], database["USER"], database["PASSWORD"]) == ("newspaper", "newspaper", "password")
    assert database["CONN_MAX_AGE"] == 60
    assert "DISABLE_SERVER_SIDE_CURSORS" not in database


def test_a_pool_beside_the_application_takes_the_place_of_the_database(tmp_path: Path) -> None:
    database = loaded(three_tiers(["pgbouncer"]), "web1", tmp_path)["DATABASES"]["default"]

    assert (database["HOST"], database["PORT"]) == ("127.0.0.1", "6432")
    assert database["DISABLE_SERVER_SIDE_CURSORS"] is True


def test_each_application_server_begins_with_another_of_several_pools(tmp_path: Path) -> None:
    pools = cluster(
        tier("web", ["nginx", "gunicorn", "memcached"], count=2),
        tier("pool", ["pgbouncer"], count=2),
        tier("db", ["postgresql"]),
    )
    first, second = (loaded(pools, host, tmp_path)["DATABASES"]["default"] for host in ("web1", "web2"))

    assert first["HOST"] == "10.0.0.13,10.0.0.14"
    assert second["HOST"] == "10.0.0.14,10.0.0.13"
    assert first["PORT"] == second["PORT"] == "6432,6432"


def test_a_small_site_has_its_file_and_a_cache_of_its_own(tmp_path: Path) -> None:
    names = loaded(cluster(tier("web", ["nginx", "gunicorn", "sqlite"])), "web1", tmp_path)

    assert names["DATABASES"]["default"]["NAME"] == "/srv/newspaper/data/db.sqlite3"
    assert names["CACHES"]["default"]["BACKEND"].endswith("LocMemCache")


def test_the_cache_is_the_same_list_on_every_host(tmp_path: Path) -> None:
    beside = cluster(
        tier("web", ["nginx", "gunicorn", "memcached"], count=3), tier("db", ["postgresql"])
    )  # each host has a cache server of its own beside the others'
    lists = [loaded(beside, host, tmp_path)["CACHES"]["default"]["LOCATION"] for host in ("web1", "web2", "web3")]

    assert lists[0] == ["10.0.0.11:11211", "10.0.0.12:11211", "10.0.0.13:11211"]
    assert lists[0] == lists[1] == lists[2]


def test_two_application_servers_without_a_cache_are_refused() -> None:
    without = cluster(tier("web", ["nginx", "gunicorn"], count=2), tier("db", ["postgresql"]))

    with pytest.raises(TierwrightError, match="2 application servers and no cache"):
        text_of(without, "web1", SETTINGS)


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_databases_that_would_each_take_other_writes_are_refused(database: str) -> None:
    split = cluster(tier("web", ["nginx", "gunicorn", "memcached", database], count=2))

    with pytest.raises(TierwrightError, match="2 servers keep a database of their own"):
        text_of(split, "web1", SETTINGS)


def test_a_plan_without_a_database_is_refused() -> None:
    with pytest.raises(TierwrightError, match="no server of this plan keeps the database of newspaper"):
        text_of(cluster(tier("web", ["nginx", "gunicorn"])), "web1", SETTINGS)


def test_stores_that_others_run_are_used(tmp_path: Path) -> None:
    externals = [
        {"name": "db", "kind": "postgresql", "endpoint": "db.example.net:5433"},
        {"name": "cache", "kind": "memcached", "endpoint": "cache.example.net:11211"},
    ]
    names = loaded(cluster(tier("web", ["nginx", "gunicorn"], count=2), externals=externals), "web1", tmp_path)

    assert names["DATABASES"]["default"]["HOST"] == "db.example.net"
    assert names["DATABASES"]["default"]["PORT"] == "5433"
    assert names["CACHES"]["default"]["LOCATION"] == ["cache.example.net:11211"]


def test_secrets_are_read_from_files_and_never_written(tmp_path: Path) -> None:
    text = text_of(three_tiers([]), "web1", SETTINGS)

    assert found(r'_secret\("(\w+)"\)', text) == ["secret_key", "database_password"]
    assert loaded(three_tiers([]), "web1", tmp_path)["SECRET_KEY"] == "key"


def test_every_domain_is_allowed_and_debugging_is_off(tmp_path: Path) -> None:
    names = loaded(three_tiers([], sites=({**SITE, "domains": ["a.example", "b.example"]},)), "web1", tmp_path)

    assert names["ALLOWED_HOSTS"] == ["a.example", "b.example"]
    assert names["DEBUG"] is False
    assert "SECURE_PROXY_SSL_HEADER" not in names


def test_files_are_below_the_path_of_the_site(tmp_path: Path) -> None:
    names = loaded(three_tiers([], sites=(SITE, BLOG)), "web1", tmp_path, site="blog")

    assert (names["STATIC_URL"], names["MEDIA_URL"]) == ("/blog/static/", "/blog/media/")
    assert (names["STATIC_ROOT"], names["MEDIA_ROOT"]) == ("/srv/blog/static", "/srv/blog/media")


def test_media_servers_have_a_name_of_their_own(tmp_path: Path) -> None:
    split = cluster(
        tier("web", ["nginx", "gunicorn", "nfs_client"]),
        tier("media", ["nginx_media", "nfs_server"]),
        tier("db", ["postgresql"]),
    )
    names = loaded(split, "web1", tmp_path)

    assert names["MEDIA_URL"] == "//media.www.example.com/media/"


def test_a_site_below_the_path_of_another_has_cookies_of_its_own(tmp_path: Path) -> None:
    both = three_tiers([], sites=(SITE, BLOG))

    assert "SESSION_COOKIE_NAME" not in loaded(both, "web1", tmp_path)
    assert loaded(both, "web1", tmp_path, site="blog")["SESSION_COOKIE_PATH"] == "/blog/"
    assert loaded(both, "web1", tmp_path, site="blog")["SESSION_COOKIE_NAME"] == "sessionid_blog"


def test_caches_of_two_sites_do_not_meet(tmp_path: Path) -> None:
    both = three_tiers([], sites=(SITE, BLOG))
    prefixes = {
        loaded(both, "web1", tmp_path, site=s)["CACHES"]["default"]["KEY_PREFIX"] for s in ("newspaper", "blog")
    }

    assert prefixes == {"newspaper", "blog"}


def test_an_upload_may_be_as_large_as_the_web_server_lets_in(tmp_path: Path) -> None:
    names = loaded(three_tiers([], limits=Limits(upload_mib=50)), "web1", tmp_path)

    assert names["DATA_UPLOAD_MAX_MEMORY_SIZE"] == 50 * 1024 * 1024


def test_what_a_person_prepares_names_the_secrets_and_the_packages() -> None:
    of = three_tiers([])
    placed = of.find("web1", "django_settings")
    steps = placed.component.preparations(placed)

    assert [secret for step in steps for secret in step.secrets] == [
        "/etc/newspaper/secrets/secret_key",
        "/etc/newspaper/secrets/database_password",
    ]
    assert "psycopg 3, pymemcache" in steps[0].does


def read_back(of: Cluster, host: str) -> Reading:
    placed = of.find(host, "django_settings")
    return placed.component.read(placed, {f.path: f.text for p in of.by_host[host] for f in p.component.files(p)})


def test_what_the_file_says_is_read_back_from_its_text() -> None:
    pools = cluster(
        tier("web", ["nginx", "gunicorn", "memcached"], count=2),
        tier("pool", ["pgbouncer"], count=2),
        tier("db", ["postgresql"]),
    )
    reading = read_back(pools, "web2")
    [facts] = reading.django

    assert [(t.service, t.address, t.port) for t in reading.targets] == [
        ("pool", "10.0.0.14", 6432),
        ("pool", "10.0.0.13", 6432),
        ("cache", "10.0.0.11", 11211),
        ("cache", "10.0.0.12", 11211),
    ]
    assert facts.pooled_cursors_off
    assert facts.conn_max_age == 60
    assert facts.cache_servers == ("10.0.0.11:11211", "10.0.0.12:11211")
    assert facts.secret_key_from == "/etc/newspaper/secrets/secret_key"
    assert facts.upload_bytes == reading.upload_bytes == 20 * 1024 * 1024
    assert (facts.proxy_ssl_header, facts.csrf_trusted_origins) == (None, None)


def test_a_changed_file_is_read_as_it_is() -> None:
    of = three_tiers(["pgbouncer"])
    placed = of.find("web1", "django_settings")
    text = text_of(of, "web1", SETTINGS).replace('"DISABLE_SERVER_SIDE_CURSORS": True,', "")
    text += 'SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")\nCSRF_TRUSTED_ORIGINS = []\n'
    [facts] = placed.component.read(placed, {SETTINGS: text}).django

    assert not facts.pooled_cursors_off
    assert facts.proxy_ssl_header == ("HTTP_X_FORWARDED_PROTO", "https")
    assert facts.csrf_trusted_origins == ()


def test_a_file_database_is_no_server() -> None:
    reading = read_back(cluster(tier("web", ["nginx", "gunicorn", "sqlite"])), "web1")

    assert [(t.service, t.socket) for t in reading.targets] == [("sql", "/srv/newspaper/data/db.sqlite3")]


def test_the_engine_is_what_the_database_speaks() -> None:
    of = cluster(tier("web", ["nginx", "gunicorn"]), tier("db", ["mariadb"]))
    text = text_of(of, "web1", SETTINGS)

    assert read_back(of, "web1").django[0].engine == "django.db.backends.mysql"
    assert "import pymysql as _driver" in text
    assert (
        "mysqlclient or PyMySQL"
        in of.find("web1", "django_settings").component.preparations(of.find("web1", "django_settings"))[0].does
    )


def test_under_asgi_no_connection_is_kept() -> None:
    facts = read_back(cluster(tier("web", ["nginx", "uvicorn", "postgresql"])), "web1").django

    assert [fact.conn_max_age for fact in facts] == [0]
