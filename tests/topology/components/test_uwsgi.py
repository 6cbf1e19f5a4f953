"""uWSGI: strict options, an end that leaves requests their time, prefixes, and what is read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.topology.components.rendered import SITE, cluster, file_of, found, reason, text_of, tier
from tests.topology.components.staging import placed_in, stage_of
from topology.components import Cluster, Reading, get

UWSGI = get("uwsgi")
CONFIG, UNIT = "/etc/newspaper/uwsgi.ini", "/etc/systemd/system/app-newspaper.service"
BLOG = {"name": "blog", "domains": ["www.example.com"], "path": "/blog/"}


def one_server(**keys: Any) -> Cluster:
    return cluster(tier("web", ["nginx", "uwsgi", "sqlite"]), **keys)


def apart(**keys: Any) -> Cluster:
    return cluster(
        tier("web", ["nginx"], count=2), tier("app", ["uwsgi", "memcached"]), tier("db", ["postgresql"]), **keys
    )


def reading(of: Cluster, host: str) -> Reading:
    placed = of.find(host, "uwsgi")
    return UWSGI.read(placed, {file.path: file.text for file in UWSGI.files(placed)})


def test_it_always_says_what_uwsgi_gets_wrong_without() -> None:
    text = text_of(one_server(), "web1", CONFIG)

    for line in ("strict = true", "need-app = true", "die-on-term = true", "master = true", "harakiri = 30"):
        assert f"\n{line}\n" in text


def test_a_site_below_a_path_has_its_prefix_taken_off_and_one_at_the_top_has_none() -> None:
    both = one_server(sites=(SITE, BLOG))

    assert found(r"^mount = (.*)$", text_of(both, "web1", "/etc/blog/uwsgi.ini")) == ["/blog=blog.wsgi:application"]
    assert found(r"^module = (.*)$", text_of(both, "web1", CONFIG)) == ["newspaper.wsgi:application"]


def test_it_speaks_uwsgi_on_a_socket_beside_its_web_server_and_on_a_port_for_others() -> None:
    [beside] = UWSGI.endpoints(placed_in(one_server(), UWSGI)[0])
    [away] = UWSGI.endpoints(placed_in(apart(), UWSGI)[0])

    assert (beside.socket, beside.speaks, beside.slots, beside.processes) == (
        "/run/newspaper/uwsgi.sock",
        "uwsgi",
        9,
        9,
    )
    assert (away.socket, away.port) == (None, 3031)
    assert "socket = 10.0.0.13:3031\n" in text_of(apart(), "app1", CONFIG)


def test_its_queue_fits_into_the_kernels_and_says_why() -> None:
    file = file_of(one_server(), "web1", CONFIG)

    assert found(r"^listen = (\d+)$", file.text) == ["511"]
    assert "somaxconn" in reason(file, "listen").formula


def test_read_back_it_says_what_it_holds_at_once_and_for_how_long() -> None:
    says = reading(one_server(sites=(SITE, BLOG)), "web1")

    assert [listening.socket for listening in says.listens] == ["/run/newspaper/uwsgi.sock", "/run/blog/uwsgi.sock"]
    assert {listening.backlog for listening in says.listens} == {511}
    assert (says.slots, says.workers, says.opens["sql"]) == (10, 10, 10)
    assert (says.request_seconds, says.graceful_seconds, says.stop_seconds) == (30, 30, 40)


def test_threads_multiply_the_slots() -> None:
    many = cluster(tier("web", ["nginx", {"uwsgi": {"processes": 3, "threads": 4}}, "sqlite"]))

    assert (reading(many, "web1").slots, reading(many, "web1").workers) == (12, 3)


def test_the_unit_is_told_where_the_site_may_write_and_its_secrets() -> None:
    text = text_of(one_server(), "web1", UNIT)

    assert found(r"^ExecStart=(.*)$", text) == [f"/usr/bin/uwsgi --ini {CONFIG}"]
    assert found(r"^ReadWritePaths=-(.*)$", text) == ["/srv/newspaper/media", "/srv/newspaper/data"]
    assert found(r"^LoadCredential=(.*)$", text) == ["secret_key:/etc/newspaper/secrets/secret_key"]


@pytest.mark.slow
def test_systemd_finds_the_unit_well_shut_in(tmp_path: Path) -> None:
    stage = stage_of(placed_in(one_server(), UWSGI)[0], tmp_path)

    scored = stage.run(["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", UNIT])

    assert scored.status == 0, scored.output[-400:]
