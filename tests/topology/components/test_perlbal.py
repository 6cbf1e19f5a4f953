"""Perlbal: pools of web and media servers, whose word counts, and what is read back."""

from __future__ import annotations

from typing import Any

from tests.topology.components.rendered import cluster, found, reading, text_of, tier
from tests.topology.components.staging import placed_in
from topology.components import Cluster, get

PERLBAL = get("perlbal")
CONFIG, POOL = "/etc/perlbal/perlbal.conf", "/etc/perlbal/web.pool"


def balanced(balancer: Any = "perlbal", *, media: int = 0) -> Cluster:
    tiers = [
        tier("lb", [balancer]),
        tier("web", ["nginx", "gunicorn", "memcached"], count=2),
        tier("db", ["postgresql"]),
    ]
    return cluster(*tiers, *([tier("media", ["nginx_media"], count=media)] if media else []))


def test_every_web_server_is_in_the_pool() -> None:
    assert text_of(balanced(), "lb1", POOL) == "10.0.0.12:80\n10.0.0.13:80\n"
    assert f"SET nodefile = {POOL}" in text_of(balanced(), "lb1", CONFIG)


def test_one_media_server_is_reached_by_its_own_name_and_several_through_the_balancer() -> None:
    assert "VHOST" not in text_of(balanced(media=1), "lb1", CONFIG)
    assert found(r"VHOST (\S+) = (\w+)", text_of(balanced(media=2), "lb1", CONFIG)) == [
        ("media.www.example.com", "media"),
        ("*", "web"),
    ]


def test_web_servers_behind_it_are_no_longer_public_and_it_carries_what_they_do() -> None:
    of = balanced()
    [endpoint] = PERLBAL.endpoints(placed_in(of, PERLBAL)[0])

    assert {edge.server for edge in of.edges if edge.client == "public"} == {"lb1"}
    assert endpoint.carries == {"page", "api", "static", "media"}


def test_nginx_believes_it() -> None:
    text = text_of(balanced(), "web1", "/etc/nginx/conf.d/tierwright-web.conf")

    assert found(r"set_real_ip_from (\S+);", text) == ["10.0.0.11"]


def test_what_the_plan_writes_is_kept() -> None:
    text = text_of(balanced({"perlbal": {"verify_backend": True, "verify_backend_path": "/ping"}}), "lb1", CONFIG)

    assert "SET verify_backend = on" in text
    assert "SET verify_backend_path = /ping" in text


def test_read_back_it_names_its_web_servers_and_waits_longer_than_they_do() -> None:
    says = reading(balanced(media=2), "lb1", "perlbal")

    assert [(t.service, t.address, t.port) for t in says.targets] == [
        ("web", "10.0.0.12", 80),
        ("web", "10.0.0.13", 80),
        ("media", "10.0.0.15", 80),
        ("media", "10.0.0.16", 80),
    ]
    assert (says.read_seconds, says.idle_seconds, says.keeps_seconds, says.health_path) == (40, 15, 0, None)
    assert says.upload_bytes == 20 << 20
    assert {"X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"} <= set(says.sets_headers)
    assert [listening.port for listening in says.listens] == [80, 16000]
