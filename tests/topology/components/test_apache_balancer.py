"""Apache as balancer: rooms and shares of its members, how they are checked, and that it is HAProxy's equal."""

from __future__ import annotations

from typing import Any

from tests.topology.components.rendered import cluster, found, reading, text_of, tier
from topology.components import Cluster

SITES = "/etc/apache2/tierwright/apache_balancer.conf"


def balanced(role: str = "apache_balancer", **settings: Any) -> Cluster:
    web = {"name": "web", "roles": ["nginx", "gunicorn", "memcached"], "servers": [
        {"name": "web1", "type": "medium"}, {"name": "web2", "type": "large"}]}  # fmt: skip
    return cluster(tier("lb", [{role: settings} if settings else role]), web, tier("db", ["postgresql"]))


def test_it_gives_and_finds_what_haproxy_gives_and_finds() -> None:
    ours, theirs = (reading(balanced(role), "lb1", role) for role in ("apache_balancer", "haproxy"))

    assert ours.targets == theirs.targets
    for name in ("connect_seconds", "read_seconds", "queue_seconds", "idle_seconds", "upload_bytes", "health_path"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert ours.detects_seconds is not None
    assert ours.detects_seconds <= 10


def test_a_stronger_server_gets_a_larger_share() -> None:
    text = text_of(balanced(), "lb1", SITES).partition('<Proxy "balancer://files">')[0]

    assert found(r"loadfactor=(\d+)", text) == ["50", "100"]


def test_files_take_no_slot_of_an_application() -> None:
    pages, _, files = text_of(balanced(), "lb1", SITES).partition('<Proxy "balancer://files">')

    assert pages.count(" max=") == 2
    assert " max=" not in files


def test_a_check_names_the_site_since_no_site_answers_to_an_address() -> None:
    text = text_of(balanced(health_path="/well/"), "lb1", SITES)

    assert set(found(r"hcuri=(\S+)", text)) == {"http://www.example.com/well/"}


def test_an_idle_connection_is_let_go_before_the_web_server_closes_it() -> None:
    assert reading(balanced(), "lb1", "apache_balancer").keeps_seconds == 15
