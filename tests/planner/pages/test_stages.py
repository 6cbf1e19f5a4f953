"""The stages page: five cards, the advice, the slider, and a stage taken as the next revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from planner.pages import stages as pages
from topology import document, revisions
from topology.components import catalogue
from topology.design import Design
from topology.models import Plan
from topology.stages import Stages, evolve

pytestmark = pytest.mark.django_db

DATA: Mapping[str, Any] = {
    "tierwright": 1,
    "name": "newspaper",
    "sites": [{"name": "newspaper", "domains": ["www.example.com"]}],
    "workload": {
        "peak_requests_per_second": 60,
        "classes": {"page": {"share": 0.5, "app_cpu_ms": 20, "database_cpu_ms": 5}, "static": {"share": 0.5}},
        "observed": {"cpu_share": 0.4, "requests_per_second": 60, "server_type": "small"},
    },
    "tiers": [
        {"name": "web", "servers": [{"name": "web1", "type": "small"}], "roles": ["nginx", "gunicorn", "postgresql"]}
    ],
}
NAMES = ("single", "split_database", "media_server", "load_balanced", "big")


def make(**changes: Any) -> Plan:
    design = document.from_data({**DATA, **changes}, catalogue=catalogue())
    return revisions.start(design, name="Newspaper", message="first").plan


def test_shows_five_cards_and_the_advice(client: Client) -> None:
    text = client.get(reverse("stages", args=[make().slug])).content.decode()

    assert text.count("card-stage") == 5
    assert 'id="advice-title"' in text
    assert all(reverse("stage", args=["newspaper", name]) in text for name in NAMES)


def test_the_slider_is_answered_with_the_cards_alone(client: Client) -> None:
    address = reverse("stages", args=[make().slug])
    headers = {"HX-Request": "true", "HX-Target": "cards"}

    today = client.get(address, {"traffic": "1"}, headers=headers).content.decode()
    later = client.get(address, {"traffic": "10"}, headers=headers).content.decode()

    assert today.lstrip().startswith('<div id="cards">')
    assert 'class="word word-bad">over' not in today
    assert "×10" in later
    assert 'class="word word-bad">over' in later


@pytest.mark.parametrize("traffic", ["", "0", "-3", "nan", "inf", "many", "1e99"])
def test_any_traffic_is_answered(client: Client, traffic: str) -> None:
    assert client.get(reverse("stages", args=[make().slug]), {"traffic": traffic}).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_every_stage_is_shown_with_its_steps(client: Client, name: str) -> None:
    text = client.get(reverse("stage", args=[make().slug, name])).content.decode()

    assert "Why now" in text
    assert 'class="diagram"' in text
    assert "Users notice" in text


def test_a_stage_is_taken_as_the_next_revision(client: Client) -> None:
    plan = make()

    response = client.post(
        reverse("take_stage", args=[plan.slug, "split_database"]), {"parent": revisions.get(plan).digest}
    )

    assert response.status_code == 302
    assert [host.name for host in revisions.load(plan).hosts] == ["web1", "db1"]
    assert next(host.address for host in revisions.load(plan).hosts) == "10.0.0.11"


def test_larger_servers_are_taken_as_the_next_revision(client: Client) -> None:
    plan = make()

    client.post(reverse("take_resize", args=[plan.slug]), {"parent": revisions.get(plan).digest})

    assert [host.name for host in revisions.load(plan).hosts] == ["web1"]
    assert revisions.load(plan).hosts[0].type_name != "small"


def test_a_stage_is_not_taken_over_somebody_elses_revision(client: Client) -> None:
    plan = make()
    seen = revisions.get(plan).digest
    client.post(reverse("take_stage", args=[plan.slug, "split_database"]), {"parent": seen})

    response = client.post(reverse("take_stage", args=[plan.slug, "big"]), {"parent": seen})

    assert response.status_code == 409


def test_an_unknown_stage_is_not_found(client: Client) -> None:
    assert client.get(reverse("stage", args=[make().slug, "enormous"])).status_code == 404


def test_a_plan_without_a_workload_is_told_what_is_missing(client: Client) -> None:
    response = client.get(reverse("stages", args=[make(workload=None).slug]))

    assert response.status_code == 200
    text = response.content.decode().split("<main")[1]
    assert "does not say what is asked of the site" in text
    assert reverse("intake") in text


def test_a_card_sketches_the_tiers_and_servers_of_its_stage(client: Client) -> None:
    text = client.get(reverse("stages", args=[make().slug])).content.decode()

    single, *_, big = text.split('class="sketch"')[1:]
    assert single.count("sketch-row") == 1
    assert 'title="web, 1 server: ' in single
    assert big.count("sketch-row") > 1


def test_the_slider_does_not_work_the_stages_out_anew(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = reverse("stages", args=[make(notes="asked for twice").slug])
    asked: list[Design] = []

    def count(design: Design) -> Stages:
        asked.append(design)
        return evolve(design)

    monkeypatch.setattr(pages, "evolve", count)

    for traffic in ("1", "2", "3"):
        assert client.get(address, {"traffic": traffic}).status_code == 200

    assert len(asked) == 1


def test_a_stage_shows_what_the_chapter_says_and_what_of_it_holds(client: Client) -> None:
    text = client.get(reverse("stage", args=[make().slug, "single"])).content.decode()

    assert "What the chapter says, and what holds here" in text
    assert '<h3 id="lesson-keep_alive">Turn keep-alive off <span class="word word-plain">void here</span></h3>' in text
    assert "×1 here, because nginx stands in front" in text
    assert text.count("The table below says the same.") >= 2
    assert reverse("paper", args=["lessons"]) in text


def test_every_stage_has_its_lessons(client: Client) -> None:
    slug = make().slug

    for name in NAMES:
        assert '<article class="lesson"' in client.get(reverse("stage", args=[slug, name])).content.decode()
