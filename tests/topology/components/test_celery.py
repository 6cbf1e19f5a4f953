"""Celery: one clock, a queue that there is, and units that read what the site reads."""

from __future__ import annotations

import pytest

from tests.topology.components.rendered import cluster, file_of, found, text_of, tier
from topology.components import Cluster, Reading
from topology.design import TierwrightError

SETTINGS = "/etc/newspaper/tierwright_settings.py"
WORKER, BEAT = (f"/etc/systemd/system/celery-{name}newspaper.service" for name in ("", "beat-"))
WEB = tier("web", ["nginx", "gunicorn", "memcached"])
DATABASE = tier("database", ["postgresql"])
QUEUE = tier("queue", [{"redis": {"serves": "broker"}}])


def apart(*roles: object, count: int = 1) -> Cluster:
    return cluster(WEB, DATABASE, QUEUE, tier("jobs", list(roles), count=count))


def reading(of: Cluster, host: str, role: str) -> Reading:
    placed = of.find(host, role)
    return placed.component.read(placed, {file.path: file.text for file in placed.component.files(placed)})


def test_a_second_clock_is_refused_with_its_place() -> None:
    with pytest.raises(TierwrightError, match="celery_beat is on jobs1 and jobs2, and each would start every job"):
        _ = apart("celery_worker", "celery_beat", count=2).edges


def test_one_clock_leads() -> None:
    of = apart("celery_worker", "celery_beat")

    assert reading(of, "jobs1", "celery_beat").leads == ("beat",)
    assert reading(of, "jobs1", "celery_worker").leads == ()


def test_jobs_without_a_queue_are_refused() -> None:
    with pytest.raises(TierwrightError, match="no queue to take them from; give a server the role redis"):
        text_of(cluster(WEB, DATABASE, tier("jobs", ["celery_worker"])), "jobs1", SETTINGS)


def test_the_queue_is_the_same_for_pages_and_workers() -> None:
    of = apart("celery_worker")
    queues = [found(r'safe=""\) \+ "@(\S+)/"', text_of(of, host, SETTINGS)) for host in ("web1", "jobs1")]

    assert queues == [["10.0.0.13:6379"]] * 2


def test_pages_may_reach_the_queue_through_the_firewall() -> None:
    of = apart("celery_worker")

    assert {edge.client for edge in of.edges_to("queue1", "broker")} == {"web1", "jobs1"}


def test_the_cache_and_the_key_are_those_of_the_site() -> None:
    of = apart("celery_worker")
    [site], [worker] = (
        of.find(host, "django_settings")
        .component.read(of.find(host, "django_settings"), {SETTINGS: text_of(of, host, SETTINGS)})
        .django
        for host in ("web1", "jobs1")
    )

    assert worker == site


def test_every_secret_of_the_settings_is_loaded() -> None:
    of = apart("celery_worker", "celery_beat")
    read = set(found(r'_secret\("(\w+)"\)', text_of(of, "jobs1", SETTINGS)))

    for unit in (WORKER, BEAT):
        assert set(found(r"^LoadCredential=(\w+):", text_of(of, "jobs1", unit))) == read


@pytest.mark.parametrize(
    ("roles", "unit"),
    [
        (("celery_worker", "celery_beat"), "celery-newspaper.service"),
        (("celery_beat",), "celery-beat-newspaper.service"),
    ],
)
def test_new_settings_are_told_to_the_unit_that_is_there(roles: tuple[str, ...], unit: str) -> None:
    assert file_of(apart(*roles), "jobs1", SETTINGS).unit == unit


def test_beside_the_site_the_worker_hears_what_the_site_is_told() -> None:
    of = cluster(tier("web", ["nginx", "gunicorn", "redis", "celery_worker"]), DATABASE)

    assert file_of(of, "web1", SETTINGS).unit == "app-newspaper.service"
    assert "ReloadPropagatedFrom=app-newspaper.service\n" in text_of(of, "web1", WORKER)


def test_a_stopping_worker_leaves_its_jobs_their_time() -> None:
    of = apart({"celery_worker": {"job_seconds": 900}})

    assert (reading(of, "jobs1", "celery_worker").stop_seconds or 0) > 900
