"""A while replayed: asked beside the forecast, worked out once, drawn stretch by stretch."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from planner import inquiries, replaying
from planner.models import Inquiry
from tests.builders import newspaper
from topology import capacity, revisions

pytestmark = pytest.mark.django_db

TIERS = [
    {"name": "web", "servers": {"count": 2, "type": "medium"}, "roles": ["nginx", "gunicorn"]},
    {"name": "database", "servers": [{"name": "db1", "type": "large"}], "roles": ["postgresql"]},
]
WORKLOAD = {
    "peak_requests_per_second": 20,
    "classes": {"page": {"share": 0.5, "app_cpu_ms": 20, "database_cpu_ms": 5}, "static": {"share": 0.5}},
}
PART = {"HX-Request": "true", "HX-Target": "replay"}


@pytest.fixture(autouse=True)
def _plan(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    def few(*args: object) -> capacity.Episode:
        return capacity.replay(*args, runs=1)  # type: ignore[arg-type]

    monkeypatch.setattr(inquiries, "_start", lambda inquiry: None)
    monkeypatch.setattr(replaying, "replay", few)
    revisions.start(newspaper(tiers=TIERS, workload=WORKLOAD), name="The newspaper", message="First")


def address(episode: str, query: str = "") -> str:
    return f"{reverse('replay', args=['newspaper', episode])}{query}"


def answered(client: Client, episode: str, query: str = "") -> str:
    """The page, once what it asks was worked out here."""
    client.get(address(episode, query))
    inquiry = Inquiry.objects.get()
    inquiries.work_on(inquiry, replaying.replayed)
    return client.get(address(episode, query)).content.decode()


def test_progress_is_shown_until_it_is_there(client: Client) -> None:
    part = client.get(address("deploy"), headers=PART).content.decode()

    assert part.lstrip().startswith('<section class="panel replay" id="replay"')
    assert 'hx-trigger="every 1s"' in part
    assert "<html" not in part


def test_a_failover_is_drawn_with_the_change_marked(client: Client) -> None:
    text = answered(client, "failover")

    assert "does not answer for 10 s," in text
    assert 'class="change"' in text
    assert text.count('<svg class="chart chart-') == 2
    assert "every 1s" not in text


def test_the_same_question_is_worked_on_once_whichever_server_is_gone(client: Client) -> None:
    client.get(address("deploy", "?traffic=2"))
    client.get(address("deploy", "?traffic=2&without=web1"))
    assert Inquiry.objects.count() == 1

    client.get(address("deploy", "?traffic=3"))
    assert Inquiry.objects.count() == 2


def test_what_cannot_be_replayed_is_said(client: Client) -> None:
    assert "put those two knobs back" in client.get(address("deploy", "?cost=2")).content.decode()
    assert Inquiry.objects.count() == 0


def test_a_cold_cache_without_a_cache_is_refused_in_a_sentence(client: Client) -> None:
    assert "so a cold one changes nothing" in answered(client, "cold_cache")


def test_what_ended_without_an_answer_is_asked_again(client: Client) -> None:
    client.get(address("deploy"))
    Inquiry.objects.update(state=Inquiry.State.FAILED)
    assert "It ended without an answer" in client.get(address("deploy")).content.decode()

    answer = client.post(reverse("replay_again", args=["newspaper", "deploy"]), {"asked": ""})

    assert answer.status_code == 302
    assert Inquiry.objects.get().is_running


@pytest.mark.parametrize("episode", ["flood", "EPISODES"])
def test_an_episode_that_is_not_known_is_not_found(client: Client, episode: str) -> None:
    assert client.get(address(episode)).status_code == 404
    assert client.get("/plans/none/forecast/replay/deploy/").status_code == 404


def test_the_forecast_offers_what_can_happen_to_the_plan(client: Client) -> None:
    text = client.get("/plans/newspaper/forecast/?beyond=1&traffic=2").content.decode()

    assert f'href="{address("deploy")}?traffic=2"' in text
    assert f'href="{address("failover")}?traffic=2"' in text
    assert address("cold_cache") not in text
