"""nginx: who passes what to whom, whose word counts, and names that lead to one site each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import crossplane
import pytest

from tests.topology.components.rendered import SITE, cluster, file_of, found, number, reason, text_of, tier
from tests.topology.components.staging import cluster_of, good_cases, is_root, placed_in, stage_of
from topology.components import FILES, Cluster, Limits, Reading, get
from topology.design import TierwrightError
from topology.workload import RequestClass

NGINX = get("nginx")
MAIN, WEB, MEDIA = (
    "/etc/nginx/nginx.conf",
    "/etc/nginx/conf.d/tierwright-web.conf",
    "/etc/nginx/conf.d/tierwright-media.conf",
)
BLOG = {"name": "blog", "domains": ["www.example.com"], "path": "/blog/"}
DATABASE = tier("db", ["postgresql"])


def directives(text: str, folder: Path) -> list[dict[str, Any]]:
    """The file as another program's parser reads it."""
    path = folder / "part.conf"
    path.write_text(text, encoding="utf-8")
    parsed = crossplane.parse(str(path), single=True, check_ctx=False)
    assert parsed["status"] == "ok", parsed["errors"]
    return list(parsed["config"][0]["parsed"])


def servers(text: str, folder: Path) -> dict[str, dict[str, dict[str, list[str]]]]:
    """By first server name: each location with its directives."""
    blocks = [item["block"] for item in directives(text, folder) if item["directive"] == "server"]
    return {
        next(item["args"][0] for item in block if item["directive"] == "server_name"): {
            " ".join(item["args"]): {inner["directive"]: inner["args"] for inner in item["block"]}
            for item in block
            if item["directive"] == "location"
        }
        for block in blocks
    }


def one_server(**keys: Any) -> Cluster:
    return cluster(tier("web", ["nginx", "gunicorn", "sqlite"]), **keys)


def balanced(**keys: Any) -> Cluster:
    return cluster(
        tier("lb", ["haproxy"], count=2), tier("web", ["nginx", "gunicorn", "memcached"], count=2), DATABASE, **keys
    )


def test_pages_go_to_the_application_and_files_come_from_the_disk(tmp_path: Path) -> None:
    places = servers(text_of(one_server(), "web1", WEB), tmp_path)["www.example.com"]

    assert places["/"]["proxy_pass"] == ["http://app_newspaper"]
    assert places["/static/"]["alias"] == ["/srv/newspaper/static/"]
    assert places["/media/"]["alias"] == ["/srv/newspaper/media/"]
    assert places["= /-/health"]["proxy_pass"] == ["http://app_newspaper"]
    assert "server unix:/run/newspaper/gunicorn.sock max_fails=0;" in text_of(one_server(), "web1", WEB)


def test_applications_elsewhere_are_all_used_and_a_dead_one_is_left_out() -> None:
    apart = cluster(tier("web", ["nginx"]), tier("app", ["gunicorn"], count=2), tier("c", ["memcached"]), DATABASE)

    assert found(r"server (10\S+) max_fails=3 fail_timeout=10s;", text_of(apart, "web1", WEB)) == [
        "10.0.0.12:8000",
        "10.0.0.13:8000",
    ]


def test_a_web_server_without_any_application_is_refused() -> None:
    with pytest.raises(TierwrightError, match="no server runs the application"):
        text_of(cluster(tier("web", ["nginx"])), "web1", WEB)


def test_sites_of_one_name_differ_by_path_and_other_names_are_apart(tmp_path: Path) -> None:
    sites = ({**SITE, "domains": ["www.example.com", "example.com"]}, BLOG)
    found_servers = servers(text_of(one_server(sites=sites), "web1", WEB), tmp_path)

    assert set(found_servers) == {"_", "www.example.com", "example.com"}
    assert found_servers["www.example.com"]["/blog/"]["proxy_pass"] == ["http://app_blog"]
    assert "/blog/" not in found_servers["example.com"]


def test_files_of_media_servers_are_sent_for_there(tmp_path: Path) -> None:
    split = cluster(tier("web", ["nginx", "gunicorn"]), tier("media", ["nginx_media"]), DATABASE)
    places = servers(text_of(split, "web1", WEB), tmp_path)["www.example.com"]
    media = servers(text_of(split, "media1", MEDIA), tmp_path)["media.www.example.com"]

    assert places["/media/"]["return"] == ["301", "http://media.www.example.com$request_uri"]
    assert media["/media/"]["alias"] == ["/srv/newspaper/media/"]
    assert media["= /-/health"]["return"] == ["200", "ok\\n"]


def test_the_word_of_the_balancers_counts_and_nobody_elses() -> None:
    assert found(r"set_real_ip_from (\S+);", text_of(balanced(), "web1", WEB)) == ["10.0.0.11", "10.0.0.12"]
    assert "set_real_ip_from" not in text_of(one_server(), "web1", WEB)
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text_of(one_server(), "web1", WEB)


def test_a_lone_media_server_has_no_balancer_to_believe() -> None:
    lone = cluster(
        tier("lb", ["haproxy"]), tier("web", ["nginx", "gunicorn"]), tier("media", ["nginx_media"]), DATABASE
    )
    several = cluster(
        tier("lb", ["haproxy"]), tier("web", ["nginx", "gunicorn"]), tier("media", ["nginx_media"], count=2), DATABASE
    )

    assert "set_real_ip_from" not in text_of(lone, "media1", MEDIA)
    assert found(r"set_real_ip_from (\S+);", text_of(several, "media1", MEDIA)) == ["10.0.0.11"]


def test_a_host_with_both_roles_has_one_main_file(tmp_path: Path) -> None:
    both = cluster(tier("web", ["nginx", "nginx_media", "gunicorn", "sqlite"]))
    paths = [file.path for placed in both.by_host["web1"] for file in placed.component.files(placed)]

    assert paths.count(MAIN) == 1
    assert {WEB, MEDIA} < set(paths)


def test_what_it_carries_follows_from_the_media_servers() -> None:
    split = cluster(tier("web", ["nginx", "gunicorn"]), tier("media", ["nginx_media"]), DATABASE)
    [alone], [web], [media] = (
        NGINX.endpoints(placed) for of in (one_server(), split) for placed in placed_in(of, NGINX)
    )

    assert alone.carries >= FILES
    assert alone.slots is None
    assert web.carries == {"page", "api"}
    assert web.slots == 18
    assert media.carries == FILES


def test_behind_a_balancer_it_keeps_idle_connections_for_longer_than_it() -> None:
    assert number(r"keepalive_timeout (\d+)s;", text_of(balanced(), "web1", MAIN)) == 30
    assert number(r"keepalive_timeout (\d+)s;", text_of(one_server(), "web1", MAIN)) == 15


def test_its_connections_follow_from_the_slots_behind_it() -> None:
    many = cluster(tier("web", ["nginx", {"gunicorn": {"workers": 200, "threads": 4}}, "sqlite"]))
    file = file_of(many, "web1", MAIN)

    assert "worker_connections 4000;" in file.text
    assert reason(file, "worker_connections").facts == {"slots": 800, "workers": 4}
    assert "worker_rlimit_nofile 8000;" in file.text


def test_the_largest_upload_and_the_time_of_a_request_are_the_clusters() -> None:
    slow = one_server(limits=Limits(request_seconds=60, upload_mib=99))

    assert "client_max_body_size 99m;" in text_of(slow, "web1", MAIN)
    assert "proxy_read_timeout 70s;" in text_of(slow, "web1", WEB)


def test_a_file_costs_less_than_a_request_that_is_passed_on() -> None:
    placed = placed_in(one_server(), NGINX)[0]
    file = NGINX.demand(placed, "static", RequestClass(share=1))
    page = NGINX.demand(placed, "page", RequestClass(share=1))

    assert file is not None
    assert page is not None
    assert file.cpu_ms.mid == 0.0512
    assert page.cpu_ms.mid == 0.0895


@pytest.mark.slow
@pytest.mark.skipif(not is_root(), reason="nginx changes its user when it starts, which needs root")
def test_started_it_answers_what_the_catalogue_says(tmp_path: Path) -> None:
    placed = placed_in(cluster_of(good_cases(NGINX)[0]), NGINX)[0]
    assert NGINX.validator is not None
    assert NGINX.validator.boot is not None

    assert NGINX.answer in NGINX.validator.boot(stage_of(placed, tmp_path, real_root=True)).says


@pytest.mark.parametrize(("role", "directive"), [("flup", "fastcgi_pass"), ("uwsgi", "uwsgi_pass")])
def test_it_speaks_the_language_of_the_application_and_gives_it_the_whole_path(
    role: str, directive: str, tmp_path: Path
) -> None:
    text = text_of(cluster(tier("web", ["nginx", role, "sqlite"]), sites=(SITE, BLOG)), "web1", WEB)
    places = servers(text, tmp_path)["www.example.com"]

    assert places["/blog/"][directive] == ["app_blog"]
    assert places["= /blog/-/health"][directive] == ["app_blog"]
    assert f"{directive.removesuffix('_pass')}_param PATH_INFO $document_uri;" in text
    assert f"{directive.removesuffix('_pass')}_param HTTP_X_FORWARDED_FOR $remote_addr;" in text
    assert "proxy_" not in text


def test_servers_of_one_site_that_speak_different_languages_are_refused() -> None:
    mixed = cluster(
        tier("web", ["nginx"]),
        tier("app", ["gunicorn"]),
        tier("old", ["flup"]),
        tier("cache", ["memcached"]),
        DATABASE,
    )

    with pytest.raises(TierwrightError, match="speak fastcgi and http"):
        text_of(mixed, "web1", WEB)


def reading(found_in: Cluster, host: str, role: str) -> Reading:
    placed = found_in.find(host, role)
    texts = {f.path: f.text for other in found_in.by_host[host] for f in other.component.files(other)}
    return placed.component.read(placed, texts)


def test_read_back_it_names_its_applications_their_times_and_whom_it_believes() -> None:
    apart = cluster(tier("web", ["nginx"]), tier("app", ["gunicorn"], count=2), tier("c", ["memcached"]), DATABASE)
    says, behind = reading(apart, "web1", "nginx"), reading(balanced(), "web1", "nginx")

    assert [(t.address, t.port, t.site) for t in says.targets] == [
        ("10.0.0.12", 8000, "newspaper"),
        ("10.0.0.13", 8000, "newspaper"),
    ]
    assert (says.connect_seconds, says.read_seconds, says.idle_seconds, says.detects_seconds) == (1, 35, 15, 3)
    assert says.upload_bytes == 20 << 20
    assert {"X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"} <= set(says.sets_headers)
    assert (says.trusts, behind.trusts) == (None, ("10.0.0.11", "10.0.0.12"))
    assert behind.targets[0].socket == "/run/newspaper/gunicorn.sock"
    assert behind.detects_seconds is None


def test_read_back_headers_of_other_languages_are_set_too() -> None:
    says = reading(cluster(tier("web", ["nginx", "flup", "sqlite"])), "web1", "nginx")

    assert {"X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"} <= set(says.sets_headers)
    assert (says.connect_seconds, says.read_seconds) == (1, 35)


def test_read_back_a_media_server_sends_files_under_its_name() -> None:
    split = cluster(tier("web", ["nginx", "gunicorn"]), tier("media", ["nginx_media"]), DATABASE)
    says = reading(split, "media1", "nginx_media")

    assert says.urls == {"/static/": "/srv/newspaper/static/", "/media/": "/srv/newspaper/media/"}
    assert says.names == ("media.www.example.com",)
    assert says.targets == ()
    assert (says.workers, says.accepts, says.open_files) == (4, 4096, 8192)
