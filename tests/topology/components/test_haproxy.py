"""HAProxy: room for each web server, files past it, checks of every site, and no belief in what a client says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.topology.components.rendered import SITE, cluster, file_of, found, number, reason, text_of, tier
from topology.components import DYNAMIC, PUBLIC, Cluster, Limits, get
from topology.workload import KINDS

HAPROXY = get("haproxy")
PATH = "/etc/haproxy/haproxy.cfg"
DATABASE = tier("db", ["postgresql"])
BLOG = {"name": "blog", "domains": ["blog.example.com"], "path": "/journal/"}


def balanced(balancers: list[Any], count: int = 1, media: int = 0, **keys: Any) -> Cluster:
    medias = [tier("media", ["nginx_media"], count=media, type="small")] if media else []
    web = tier("web", ["nginx", "gunicorn", "memcached"], count=2)
    return cluster(tier("lb", balancers, count=count, type="small"), web, *medias, DATABASE, **keys)


def rooms(text: str) -> list[int]:
    """What a web server may be given at once."""
    return [int(room) for room in found(r"server \S+ \S+ weight \d+ maxconn (\d+)", text)]


def test_one_balancer_may_fill_every_slot_but_the_one_for_health_checks() -> None:
    file = file_of(balanced(["haproxy"]), "lb1", PATH)

    assert rooms(file.text) == [17, 17]
    assert reason(file, "server web1 maxconn").facts == {"slots": 18, "sites": 1, "balancers": 1, "queue_slots": 0}


def test_two_balancers_in_use_share_the_slots() -> None:
    of = balanced(["haproxy"], count=2)

    assert rooms(text_of(of, "lb1", PATH)) == rooms(text_of(of, "lb2", PATH)) == [8, 8]


def test_a_standby_has_the_room_of_the_balancer_that_it_replaces() -> None:
    of = balanced(["haproxy", "keepalived"], count=2)
    weights = [offer.endpoint.weight for offer in of.providers("balancer")]

    assert weights == [2.0, 0.0]
    assert rooms(text_of(of, "lb2", PATH)) == [17, 17]


@pytest.mark.parametrize("workers", [1, 2, 9])
@pytest.mark.parametrize("balancers", [1, 2, 3])
def test_the_balancers_together_never_give_more_than_a_server_can_hold(workers: int, balancers: int) -> None:
    web = tier("web", ["nginx", {"gunicorn": {"workers": workers}}, "memcached"])
    of = cluster(tier("lb", ["haproxy"], count=balancers), web, DATABASE)
    given = sum(sum(rooms(text_of(of, f"lb{n}", PATH))) for n in range(1, balancers + 1))

    assert given <= max(2 * workers, balancers)


def test_web_servers_that_share_applications_share_their_slots() -> None:
    apart = cluster(
        tier("lb", ["haproxy"]), tier("web", ["nginx"], count=2), tier("app", ["gunicorn"]), tier("c", ["memcached"]),
        DATABASE,
    )  # fmt: skip

    assert rooms(text_of(apart, "lb1", PATH)) == [8, 8]


def test_files_of_the_web_servers_need_no_slot() -> None:
    text = text_of(balanced(["haproxy"], sites=(SITE, BLOG)), "lb1", PATH)

    assert "use_backend files if { path_beg /static/ /media/ /journal/static/ /journal/media/ }" in text
    assert found(r"server (\S+) \S+ weight \d+ track web/\S+", text) == ["web1", "web2"]


def test_every_site_is_asked_for_its_health() -> None:
    text = text_of(balanced(["haproxy"], sites=(SITE, BLOG)), "lb1", PATH)

    assert found(r"http-check send meth GET uri (\S+) ver HTTP/1.1 hdr Host (\S+)", text) == [
        ("/-/health", "www.example.com"),
        ("/journal/-/health", "blog.example.com"),
    ]


def test_a_dead_server_is_found_within_the_time_allowed() -> None:
    text = text_of(balanced(["haproxy"], limits=Limits(failover_seconds=20)), "lb1", PATH)
    inter, fall, wait = (number(p, text) for p in (r"inter (\d+)s", r"fall (\d+)", r"timeout check (\d+)s"))

    assert inter * fall + wait <= 20


def test_stronger_servers_are_given_more() -> None:
    mixed = cluster(
        tier("lb", ["haproxy"]),
        {
            "name": "web",
            "servers": [{"name": "web1", "type": "medium"}, {"name": "web2", "type": "large"}],
            "roles": ["nginx", "gunicorn", "memcached"],
        },
        DATABASE,
    )

    assert found(r"server web\d \S+ weight (\d+) maxconn", text_of(mixed, "lb1", PATH)) == ["128", "256"]


def test_media_goes_through_the_balancers_once_there_are_several_media_servers() -> None:
    one, two = balanced(["haproxy"], media=1), balanced(["haproxy"], media=2)

    assert {edge.server for edge in one.edges if edge.client == PUBLIC} == {"lb1", "media1"}
    assert {edge.server for edge in two.edges if edge.client == PUBLIC} == {"lb1"}
    assert "use_backend media" not in text_of(one, "lb1", PATH)
    assert "lower -m str media.www.example.com }" in text_of(two, "lb1", PATH)
    assert [of.providers("balancer")[0].endpoint.carries for of in (one, two)] == [DYNAMIC, set(KINDS)]


def test_no_header_of_a_client_is_believed() -> None:
    text = text_of(balanced(["haproxy"]), "lb1", PATH)

    assert "http-request del-header X-Forwarded-For" in text
    assert "http-request set-header X-Forwarded-Proto http" in text
    assert "option forwardfor" in text


def test_it_holds_more_connections_than_it_may_give_away() -> None:
    text = text_of(balanced(["haproxy"]), "lb1", PATH)

    assert sum(rooms(text)) < number(r"^    maxconn (\d+)", text)


def test_statistics_are_on_a_socket_alone() -> None:
    text = text_of(balanced(["haproxy"]), "lb1", PATH)

    assert found(r"^\s*stats (.*)$", text) == ["socket /run/haproxy/admin.sock mode 660 level admin"]
    assert found(r"^\s*bind (.*)$", text) == [":80"]
