"""What others run: kinds that the catalogue knows, and what the sites are told of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.topology.components.rendered import cluster, tier
from tests.topology.components.test_django_settings import loaded
from topology.components import catalogue
from topology.design import TierwrightError
from topology.document import load, schema

PLAN = b"""tierwright: 1
name: outside
sites: [{name: newspaper, domains: [www.example.com]}]
tiers: [{name: web, servers: {count: 1, type: small}, roles: [nginx, gunicorn]}]
externals: [{name: there, kind: KIND, endpoint: "there.example.net:5432"}]
"""


def outside(*kinds: tuple[str, str], roles: tuple[str, ...] = ("nginx", "gunicorn"), **keys: Any) -> Any:
    externals = [{"name": f"there{n}", "kind": kind, "endpoint": endpoint} for n, (kind, endpoint) in enumerate(kinds)]
    return cluster(tier("web", list(roles), count=2), externals=externals, **keys)


def test_an_unknown_kind_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(TierwrightError, match=r"no external is of the kind oracle; there are balancer, .* smtp"):
        load(PLAN.replace(b"KIND", b"oracle"), catalogue=catalogue())


def test_a_mistyped_kind_is_told_the_nearest_one() -> None:
    with pytest.raises(TierwrightError, match="did you mean postgresql") as refusal:
        load(PLAN.replace(b"KIND", b"postgres"), catalogue=catalogue(), file="plan.yaml")

    assert str(refusal.value.place) == "plan.yaml:5, externals[0].kind"


@pytest.mark.parametrize("kind", sorted(catalogue().external_kinds()))
def test_every_known_kind_is_taken_and_in_the_schema(kind: str) -> None:
    load(PLAN.replace(b"KIND", kind.encode()), catalogue=catalogue())

    assert kind in schema(catalogue())["$defs"]["External"]["properties"]["kind"]["enum"]


def test_every_known_kind_is_in_the_paper_of_the_plan_file() -> None:
    paper = Path(__file__).parents[3] / "docs" / "plan-file.md"
    told = paper.read_text(encoding="utf-8").partition("## What others run")[2].partition("## Keys")[0]

    assert [kind for kind in catalogue().external_kinds() if f"`{kind}`" not in told] == []


def test_a_managed_mysql_is_asked_by_its_name(tmp_path: Path) -> None:
    of = outside(("mysql", "db.example.net:3306"), ("memcached", "cache.example.net:11211"))
    database = loaded(of, "web1", tmp_path)["DATABASES"]["default"]

    assert database["ENGINE"] == "django.db.backends.mysql"
    assert (database["HOST"], database["PORT"]) == ("db.example.net", "3306")


def test_a_managed_redis_is_the_cache(tmp_path: Path) -> None:
    of = outside(("postgresql", "db.example.net:5432"), ("redis", "cache.example.net:6379"))
    (tmp_path / "redis_password").write_text("word\n")
    cache = loaded(of, "web1", tmp_path)["CACHES"]["default"]

    assert cache["LOCATION"] == ["redis://cache.example.net:6379/0"]
    assert cache["OPTIONS"]["password"] == "word"


@pytest.mark.parametrize(("port", "scheme"), [(443, "https"), (9000, "http")])
def test_uploads_go_to_an_object_store_with_keys_from_files(tmp_path: Path, port: int, scheme: str) -> None:
    of = outside(
        ("postgresql", "db.example.net:5432"),
        ("memcached", "cache.example.net:11211"),
        ("s3", f"s3.example.net:{port}"),
    )
    (tmp_path / "media_access_key").write_text("access\n")
    (tmp_path / "media_secret_key").write_text("secret\n")
    store = loaded(of, "web1", tmp_path)["STORAGES"]["default"]

    assert store["OPTIONS"]["endpoint_url"] == f"{scheme}://s3.example.net:{port}"
    assert store["OPTIONS"]["bucket_name"] == "newspaper-media"
    assert (store["OPTIONS"]["access_key"], store["OPTIONS"]["secret_key"]) == ("access", "secret")
    assert of.secrets_of("web1", of.sites[0])[-2:] == ("media_access_key", "media_secret_key")


def test_mail_goes_to_the_relay(tmp_path: Path) -> None:
    of = outside(
        ("postgresql", "db.example.net:5432"), ("memcached", "c.example.net:11211"), ("smtp", "mail.example.net:25")
    )
    names = loaded(of, "web1", tmp_path)

    assert (names["EMAIL_HOST"], names["EMAIL_PORT"]) == ("mail.example.net", 25)
