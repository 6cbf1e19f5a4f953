"""gunicorn: workers from cores and memory, one place to wait, sockets beside and ports apart."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.topology.components.rendered import SITE, cluster, file_of, found, reason, text_of, tier
from tests.topology.components.staging import cluster_of, good_cases, is_root, placed_in, stage_of
from topology.components import Cluster, Reading, get
from topology.workload import RequestClass

GUNICORN = get("gunicorn")
CONFIG, UNIT = "/etc/newspaper/gunicorn.conf.py", "/etc/systemd/system/app-newspaper.service"
BLOG = {"name": "blog", "domains": ["www.example.com"], "path": "/blog/"}


def one_server(**keys: Any) -> Cluster:
    return cluster(tier("web", ["nginx", "gunicorn", "sqlite"]), **keys)


def settings(text: str, folder: Path) -> dict[str, Any]:
    """The configuration as gunicorn reads it: Python, run."""
    path = folder / "gunicorn.conf.py"
    path.write_text(text, encoding="utf-8")
    return runpy.run_path(str(path))


def test_workers_are_twice_the_cores_and_one(tmp_path: Path) -> None:
    file = file_of(one_server(), "web1", CONFIG)

    assert settings(file.text, tmp_path)["workers"] == 9
    assert reason(file, "workers").facts["cores"] == 4
    assert "2 × cores + 1" in reason(file, "workers").formula


def test_little_memory_holds_fewer_workers(tmp_path: Path) -> None:
    tiny = {"tiny": {"cores": 4, "ram_mib": 1024}}
    small = cluster(tier("web", ["nginx", "gunicorn", "sqlite"], type="tiny"), server_types=tiny)

    # Half of 1024 MiB beside a database, 250 MiB a large worker.
    assert settings(text_of(small, "web1", CONFIG), tmp_path)["workers"] == 2


def test_sites_share_the_cores(tmp_path: Path) -> None:
    shared = one_server(sites=(SITE, BLOG))

    assert settings(text_of(shared, "web1", CONFIG), tmp_path)["workers"] == 5
    assert settings(text_of(shared, "web1", "/etc/blog/gunicorn.conf.py"), tmp_path)["workers"] == 5


def test_what_the_plan_writes_is_kept(tmp_path: Path) -> None:
    written = cluster(tier("web", ["nginx", {"gunicorn": {"workers": 3, "threads": 1}}, "sqlite"]))
    file = file_of(written, "web1", CONFIG)

    assert settings(file.text, tmp_path)["workers"] == 3
    assert settings(file.text, tmp_path)["worker_class"] == "sync"
    assert reason(file, "workers").formula == "as written in the plan"


def test_a_worker_takes_no_connection_that_it_has_no_thread_for(tmp_path: Path) -> None:
    config = settings(text_of(one_server(), "web1", CONFIG), tmp_path)

    assert config["worker_connections"] == config["threads"] == 2
    assert config["keepalive"] == 0
    assert config["control_socket_disable"] is True


def test_beside_its_web_server_it_listens_on_a_socket() -> None:
    [endpoint] = GUNICORN.endpoints(placed_in(one_server(), GUNICORN)[0])

    assert endpoint.socket == "/run/newspaper/gunicorn.sock"
    assert endpoint.slots == 18
    assert 'bind = "unix:/run/newspaper/gunicorn.sock"' in text_of(one_server(), "web1", CONFIG)


def test_for_web_servers_elsewhere_each_site_has_a_port_and_trusts_them_alone() -> None:
    apart = cluster(
        tier("web", ["nginx"], count=2),
        tier("app", ["gunicorn", "memcached"]),
        tier("db", ["postgresql"]),
        sites=(SITE, BLOG),
    )

    assert 'bind = "10.0.0.13:8000"' in text_of(apart, "app1", CONFIG)
    assert 'bind = "10.0.0.13:8001"' in text_of(apart, "app1", "/etc/blog/gunicorn.conf.py")
    assert 'forwarded_allow_ips = "10.0.0.11,10.0.0.12"' in text_of(apart, "app1", CONFIG)


def test_where_one_web_server_has_no_application_of_its_own_all_of_them_use_ports() -> None:
    mixed = cluster(
        tier("front", ["nginx"]), tier("web", ["nginx", "gunicorn", "memcached"]), tier("db", ["postgresql"])
    )

    assert 'bind = "10.0.0.12:8000"' in text_of(mixed, "web1", CONFIG)
    assert {edge.server for edge in mixed.edges_from(mixed.find("front1", "nginx"), "app")} == {"web1"}


def test_a_site_below_a_path_is_told_its_prefix(tmp_path: Path) -> None:
    config = settings(text_of(one_server(sites=(SITE, BLOG)), "web1", "/etc/blog/gunicorn.conf.py"), tmp_path)

    assert "SCRIPT_NAME=/blog" in config["raw_env"]


Start = Callable[[str, list[tuple[str, str]]], None]


def test_health_is_answered_without_the_code_of_the_site(tmp_path: Path) -> None:
    class Worker:
        """What gunicorn hands to the hook, as far as it is used."""

        @staticmethod
        def wsgi(environ: dict[str, str], start: Start) -> Iterable[bytes]:
            start("500 Broken", [])
            return [b"broken"]

    worker, said = Worker(), []
    settings(text_of(one_server(), "web1", CONFIG), tmp_path)["post_worker_init"](worker)

    assert list(worker.wsgi({"PATH_INFO": "/-/health"}, lambda status, _: said.append(status))) == [b"ok\n"]
    assert list(worker.wsgi({"PATH_INFO": "/"}, lambda status, _: said.append(status))) == [b"broken"]
    assert said == ["200 OK", "500 Broken"]


def test_every_slot_may_hold_a_connection_to_the_database_and_to_the_cache() -> None:
    apart = cluster(
        tier("web", ["nginx", "gunicorn"]), tier("cache", ["memcached"]), tier("db", ["postgresql"]), sites=(SITE, BLOG)
    )

    assert [edge.connections for edge in apart.edges_to("db1", "sql")] == [20]
    assert [edge.connections for edge in apart.edges_to("cache1", "cache")] == [20]


def test_the_unit_reads_only_the_secrets_that_the_site_needs() -> None:
    with_file = text_of(one_server(), "web1", UNIT)
    with_server = text_of(cluster(tier("web", ["nginx", "gunicorn"]), tier("db", ["postgresql"])), "web1", UNIT)

    assert found(r"^LoadCredential=(.*)$", with_file) == ["secret_key:/etc/newspaper/secrets/secret_key"]
    assert "database_password:/etc/newspaper/secrets/database_password" in found(r"^LoadCredential=(.*)$", with_server)
    assert found(r"^ReadWritePaths=-(.*)$", with_file) == ["/srv/newspaper/media", "/srv/newspaper/data"]
    assert found(r"^ReadWritePaths=-(.*)$", with_server) == ["/srv/newspaper/media"]


@pytest.mark.slow
def test_systemd_finds_the_unit_well_shut_in(tmp_path: Path) -> None:
    stage = stage_of(placed_in(one_server(), GUNICORN)[0], tmp_path)

    scored = stage.run(["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", UNIT])

    assert scored.status == 0, scored.output[-400:]


def test_memory_is_that_of_the_workers_and_says_that_it_is_guessed() -> None:
    memory = GUNICORN.memory(placed_in(one_server(), GUNICORN)[0])

    assert memory.parts["workers of newspaper"].mid == 9 * 90
    assert memory.parts["workers of newspaper"].basis == "guess"


def test_a_cached_share_costs_a_cached_page() -> None:
    placed = placed_in(one_server(), GUNICORN)[0]
    plain = GUNICORN.demand(placed, "page", RequestClass(share=1, app_cpu_ms=10))
    cached = GUNICORN.demand(placed, "page", RequestClass(share=1, app_cpu_ms=10, cached_share=0.8))

    assert plain is not None
    assert cached is not None
    assert plain.cpu_ms.mid == 10
    assert cached.cpu_ms.mid == pytest.approx(0.2 * 10 + 0.8 * 1.0276)


def test_files_cost_the_application_nothing() -> None:
    assert GUNICORN.demand(placed_in(one_server(), GUNICORN)[0], "static", RequestClass(share=1)) is None


@pytest.mark.slow
@pytest.mark.skipif(not is_root(), reason="gunicorn is started with a network address of its own, which needs root")
def test_started_it_answers_what_the_catalogue_says(tmp_path: Path) -> None:
    placed = placed_in(cluster_of(good_cases(GUNICORN)[0]), GUNICORN)[0]
    assert GUNICORN.validator is not None
    assert GUNICORN.validator.boot is not None

    assert GUNICORN.answer in GUNICORN.validator.boot(stage_of(placed, tmp_path, real_root=True)).says


def reading(of: Cluster, host: str) -> Reading:
    placed = of.find(host, "gunicorn")
    return GUNICORN.read(placed, {file.path: file.text for file in GUNICORN.files(placed)})


def test_read_back_it_says_what_it_holds_at_once_and_for_how_long() -> None:
    says = reading(one_server(sites=(SITE, BLOG)), "web1")

    assert [listening.socket for listening in says.listens] == [
        "/run/newspaper/gunicorn.sock",
        "/run/blog/gunicorn.sock",
    ]
    assert (says.slots, says.workers) == (20, 10)
    assert says.opens == {"sql": 20, "pool": 20, "cache": 20}
    assert (says.request_seconds, says.graceful_seconds, says.stop_seconds) == (30, 30, 40)
    assert says.requires_mounts == ("/srv/newspaper/media", "/srv/blog/media")


def test_read_back_it_believes_its_web_servers() -> None:
    apart = cluster(tier("web", ["nginx"], count=2), tier("app", ["gunicorn", "memcached"]), tier("db", ["postgresql"]))

    assert reading(apart, "app1").trusts == ("10.0.0.11", "10.0.0.12")
    assert [(where.address, where.port) for where in reading(apart, "app1").listens] == [("10.0.0.13", 8000)]
