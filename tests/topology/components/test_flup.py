"""flup: how many processes, where it listens, who it runs as, and what its launcher refuses and mends."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.topology.components.rendered import cluster, reason, text_of, tier
from tests.topology.components.rendered import file_of as file_in
from tests.topology.components.staging import placed_in
from topology.components import Cluster, get
from topology.errors import TierwrightError

FLUP = get("flup")
OPTIONS, UNIT = "/etc/newspaper/fcgi.ini", "/etc/systemd/system/fcgi-newspaper.service"
LAUNCHER = FLUP.folder / "runfcgi.py.txt"
GOOD = """[fcgi]
method = prefork
socket = /run/site/fcgi.sock
minspare = 2
maxspare = 3
maxchildren = 4

[site]
name = site
wsgi = site.wsgi
settings = site.settings
directory = /srv/site/app
path = /
"""


def beside(**settings: Any) -> Cluster:
    return cluster(tier("web", ["apache_fastcgi", {"flup": settings}, "memcached"]), tier("db", ["postgresql"]))


def apart(**settings: Any) -> Cluster:
    web, app = tier("web", ["apache_fastcgi"], count=2), tier("app", [{"flup": settings}, "memcached"])
    return cluster(web, app, tier("db", ["postgresql"]))


def launcher() -> dict[str, Any]:
    return runpy.run_path(str(LAUNCHER))


def test_processes_follow_from_cores_and_are_all_there_from_the_start() -> None:
    options = file_in(beside(), "web1", OPTIONS)

    assert "\nmaxchildren = 9\n" in options.text
    assert "\nminspare = 9\n" in options.text
    assert reason(options, "maxchildren").facts["cores"] == 4


def test_threads_are_one_process_that_computes() -> None:
    [endpoint] = FLUP.endpoints(placed_in(beside(method="threaded", maxthreads=8), FLUP)[0])

    assert (endpoint.slots, endpoint.processes, endpoint.speaks) == (8, 1, "fastcgi")


def test_a_socket_beside_its_web_server_and_a_port_with_its_clients_for_others() -> None:
    assert "\nsocket = /run/newspaper/fcgi.sock\n" in text_of(beside(), "web1", OPTIONS)

    away = text_of(apart(), "app1", OPTIONS)
    assert "\nhost = 10.0.0.13\nport = 3033\n" in away
    assert "\nweb_server_addrs = 10.0.0.11,10.0.0.12\n" in away


def test_a_port_may_be_asked_for_beside_a_web_server_but_no_socket_away_from_it() -> None:
    assert "\nport = 3033\n" in text_of(beside(transport="tcp"), "web1", OPTIONS)

    with pytest.raises(TierwrightError, match="write transport: tcp"):
        text_of(apart(transport="socket"), "app1", OPTIONS)


def test_spares_that_do_not_rise_are_refused_with_the_way_out() -> None:
    with pytest.raises(TierwrightError, match="numbers that rise"):
        text_of(beside(maxchildren=4, maxspare=6), "web1", OPTIONS)


def test_in_the_foreground_systemd_hears_that_it_is_ready_and_a_daemon_is_known_by_its_pid_file() -> None:
    assert "\nType=notify\n" in text_of(beside(), "web1", UNIT)

    daemon = text_of(beside(daemonize=True), "web1", UNIT)
    assert "\nType=forking\nPIDFile=/run/newspaper/fcgi.pid\n" in daemon
    assert "\ndaemonize = true\n" in text_of(beside(daemonize=True), "web1", OPTIONS)


def test_a_site_may_have_its_own_user_in_the_group_of_the_web_server() -> None:
    unit = text_of(beside(own_user=True), "web1", UNIT)

    assert "\nUser=site-newspaper\nGroup=www-data\n" in unit
    [does] = FLUP.preparations(placed_in(beside(own_user=True), FLUP)[0])
    assert any("useradd --system" in line for line in does.lines)


def test_no_user_of_its_own_beside_a_database_that_is_a_file() -> None:
    alone = cluster(tier("web", ["apache_fastcgi", {"flup": {"own_user": True}}, "sqlite"]))

    with pytest.raises(TierwrightError, match="leave own_user out"):
        text_of(alone, "web1", UNIT)


@pytest.mark.parametrize(
    ("find", "put", "says"),
    [
        ("maxchildren", "maxchild", "which is none"),
        ("prefork", "forking", "threaded or prefork"),
        ("minspare = 2", "minspare = 9", "must hold"),
        ("maxspare = 3", "maxspare = three", "is a number"),
        ("socket = ", "port = 3033\nsocket = ", "either socket"),
        ("[site]", "[sites]", "no section"),
    ],
)
def test_the_launcher_says_what_is_wrong_with_its_options(tmp_path: Path, find: str, put: str, says: str) -> None:
    options = tmp_path / "fcgi.ini"
    options.write_text(GOOD.replace(find, put), encoding="utf-8")

    with pytest.raises(SystemExit, match=says):
        launcher()["read"](str(options))


@pytest.mark.parametrize(
    "given",
    [
        {"SCRIPT_NAME": "/blog/a/", "REQUEST_URI": "/blog/a/?q=1"},
        {"SCRIPT_NAME": "", "PATH_INFO": "/blog/a/"},
        {"SCRIPT_NAME": "/mysite.fcgi", "PATH_INFO": "/blog/a/", "REDIRECT_URL": "/mysite.fcgi/blog/a/"},
        {"SCRIPT_NAME": "", "REQUEST_URI": "http://www.example.com/blog/a/"},
    ],
)
def test_the_site_is_below_its_own_path_whatever_the_web_server_sends(given: dict[str, str]) -> None:
    seen: dict[str, str] = {}

    def site(environ: dict[str, str], start_response: Callable[..., Any]) -> list[bytes]:
        seen.update(environ)
        return []

    launcher()["in_place"](site, "/blog", "/-/health")(dict(given), lambda *words: None)

    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"]) == ("/blog", "/a/")
    assert "REDIRECT_URL" not in seen


def test_the_launcher_answers_the_health_check_itself() -> None:
    said: list[str] = []
    answer = launcher()["in_place"](lambda *words: [b"the site"], "/blog", "/-/health")

    body = answer({"PATH_INFO": "/blog/-/health"}, lambda status, headers: said.append(status))

    assert (said, body) == (["200 OK"], [b"ok\n"])
