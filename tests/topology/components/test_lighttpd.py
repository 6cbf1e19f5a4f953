"""lighttpd: names and paths, applications that speak FastCGI, the order of modules, and what is read back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.topology.components.rendered import BLOG, SITE, cluster, found, reading, text_of, tier
from tests.topology.components.staging import placed_in
from topology.components import FILES, Cluster, get
from topology.components.lighttpd.reader import pairs, parse
from topology.design import TierwrightError
from topology.workload import RequestClass

LIGHTTPD, MEDIA = get("lighttpd"), get("lighttpd_media")
MAIN = "/etc/lighttpd/lighttpd.conf"
DATABASE = tier("db", ["postgresql"])


def one_server(**keys: Any) -> Cluster:
    return cluster(tier("web", ["lighttpd", "flup", "sqlite"]), **keys)


def apart() -> Cluster:
    return cluster(tier("web", ["lighttpd"]), tier("app", ["flup"], count=2), tier("c", ["memcached"]), DATABASE)


def split() -> Cluster:
    return cluster(tier("web", ["lighttpd", "flup"]), tier("media", ["lighttpd_media"]), DATABASE)


def balanced() -> Cluster:
    return cluster(tier("lb", ["haproxy"], count=2), tier("web", ["lighttpd", "flup", "memcached"], count=2), DATABASE)


def test_a_site_below_another_is_asked_for_first() -> None:
    text = text_of(one_server(sites=(SITE, BLOG)), "web1", MAIN)
    passed = [dict(each.within)["url"] for each in parse(text) if each.name == "fastcgi.server"]

    assert passed == ["/blog/", "/"]


def test_modules_stand_in_the_order_that_requests_go_through_them() -> None:
    [modules] = [each.value for each in parse(text_of(balanced(), "web1", MAIN)) if each.name == "server.modules"]
    loaded = [name for _, name in pairs(modules)]

    assert loaded.index("mod_rewrite") < loaded.index("mod_access") < loaded.index("mod_fastcgi")
    assert loaded.index("mod_fastcgi") < loaded.index("mod_accesslog")
    assert "mod_extforward" in loaded


def test_a_name_that_is_no_sites_is_refused() -> None:
    denied = [each.within for each in parse(text_of(one_server(), "web1", MAIN)) if each.name == "url.access-deny"]

    assert (("else", ""),) in denied


def test_an_application_that_speaks_otherwise_is_refused_with_a_way_out() -> None:
    with pytest.raises(TierwrightError, match="speaks http; take flup, or nginx in front"):
        text_of(cluster(tier("web", ["lighttpd", "gunicorn", "sqlite"])), "web1", MAIN)


def test_a_web_server_without_any_application_is_refused() -> None:
    with pytest.raises(TierwrightError, match="no server runs newspaper; give one the role flup"):
        text_of(cluster(tier("web", ["lighttpd"])), "web1", MAIN)


def test_applications_elsewhere_are_balanced_by_the_requests_that_they_work_on() -> None:
    text = text_of(apart(), "web1", MAIN)
    [edge, *_] = apart().edges_from(apart().find("web1", "lighttpd"), "app")

    assert found(r'"host" => "(\S+)"', text) == ["10.0.0.12", "10.0.0.13"]
    assert 'fastcgi.balance = "least-connection"' in text
    assert edge.policy == "least_connections"


def test_what_it_carries_follows_from_the_media_servers() -> None:
    [alone] = LIGHTTPD.endpoints(placed_in(one_server(), LIGHTTPD)[0])
    [web] = LIGHTTPD.endpoints(placed_in(split(), LIGHTTPD)[0])
    [media] = MEDIA.endpoints(placed_in(split(), MEDIA)[0])

    assert (alone.carries >= FILES, alone.slots) == (True, None)
    assert web.carries == {"page", "api"}
    assert web.slots == 9
    assert media.carries == FILES


def test_files_of_media_servers_are_sent_for_there() -> None:
    text = text_of(split(), "web1", MAIN)

    assert 'url.redirect = ("" => "http://media.www.example.com${url.path}${qsa}")' in text
    assert "alias.url" not in text


def test_read_back_it_names_its_applications_their_times_and_whom_it_believes() -> None:
    says, beside = reading(apart(), "web1", "lighttpd"), reading(balanced(), "web1", "lighttpd")

    assert [(t.address, t.port, t.site) for t in says.targets] == [
        ("10.0.0.12", 3033, "newspaper"),
        ("10.0.0.13", 3033, "newspaper"),
    ]
    assert (says.connect_seconds, says.read_seconds, says.detects_seconds, says.keeps_seconds) == (1, 35, 1, 0)
    assert (says.upload_bytes, says.graceful_seconds, says.stop_seconds) == (20 << 20, 30, 40)
    assert (says.trusts, beside.trusts) == (None, ("10.0.0.11", "10.0.0.12"))
    assert (says.idle_seconds, beside.idle_seconds) == (15, 30)
    assert beside.targets[0].socket == "/run/newspaper/fcgi.sock"
    assert beside.detects_seconds is None
    assert says.names == ("www.example.com",)
    assert {"X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"} <= set(says.sets_headers)


def test_read_back_a_media_server_sends_files_under_its_name() -> None:
    says = reading(split(), "media1", "lighttpd_media")

    assert says.urls["/static/"] == "/srv/newspaper/static/"
    assert says.urls["/media/"] == "/srv/newspaper/media/"
    assert says.names == ("media.www.example.com",)
    assert says.requires_mounts == ("/srv/newspaper/media", "/srv/newspaper/static")


def test_both_roles_on_one_server_are_refused() -> None:
    with pytest.raises(TierwrightError, match="port 80"):
        _ = cluster(tier("web", ["lighttpd", "lighttpd_media", "flup", "sqlite"])).edges


def test_a_file_costs_less_than_a_page_that_is_passed_on() -> None:
    placed = placed_in(one_server(), LIGHTTPD)[0]
    file, page = (LIGHTTPD.demand(placed, kind, RequestClass(share=1)) for kind in ("static", "page"))

    assert file is not None
    assert page is not None
    assert file.cpu_ms.mid < page.cpu_ms.mid
