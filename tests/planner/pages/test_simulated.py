"""The simulation of a what-if: asked beside the forecast, worked out once, and set beside the formulas."""

from __future__ import annotations

import pytest
from django.test import Client

from planner import inquiries, simulating
from planner.models import Inquiry
from tests.builders import newspaper
from topology import capacity, revisions
from topology.errors import TierwrightError

pytestmark = pytest.mark.django_db

ADDRESS = "/plans/newspaper/simulated/"
TIERS = [
    {"name": "balancer", "servers": {"count": 2, "type": "small"}, "roles": ["haproxy", "keepalived"]},
    {"name": "web", "servers": {"count": 2, "type": "medium"}, "roles": ["nginx", "gunicorn"]},
    {"name": "database", "servers": [{"name": "db1", "type": "large"}], "roles": ["postgresql", "pgbouncer"]},
]
WORKLOAD = {
    "peak_requests_per_second": 40,
    "classes": {"page": {"share": 0.5, "app_cpu_ms": 20, "database_cpu_ms": 5}, "static": {"share": 0.5}},
}


@pytest.fixture(autouse=True)
def _plan(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(inquiries, "_start", lambda inquiry: None)
    revisions.start(newspaper(tiers=TIERS, workload=WORKLOAD), name="The newspaper", message="First")


def answered(client: Client, query: str) -> str:
    """The page, once what it asks was worked out here, in few requests."""
    client.get(ADDRESS + query)
    inquiry = Inquiry.objects.get()
    inquiry.answer = simulating.simulated(inquiry, lambda says, share: None)
    inquiry.state = Inquiry.State.DONE
    inquiry.save()
    return client.get(ADDRESS + query).content.decode()


@pytest.fixture(autouse=True)
def _few_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    def few(*args: object, **options: object) -> capacity.Simulated:
        return capacity.simulate(*args, most_requests=10_000, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(simulating, "simulate", few)


def test_nothing_is_simulated_before_somebody_asks(client: Client) -> None:
    text = client.get(ADDRESS).content.decode()

    assert Inquiry.objects.count() == 0
    assert "takes a second or two" in text


def test_progress_is_shown_until_it_is_there(client: Client) -> None:
    part = client.get(ADDRESS + "?seed=1", headers={"HX-Request": "true", "HX-Target": "simulated"}).content.decode()

    assert 'hx-get="/plans/newspaper/simulated/?seed=1" hx-trigger="every 1s"' in part
    assert part.count("<section") == 1


def test_the_simulation_stands_beside_the_formulas(client: Client) -> None:
    text = answered(client, "?seed=7")

    assert "seed 7" in text
    assert "the formulas say" in text
    assert text.count('<g class="span-formulas">') == 2 * 4 + 1
    assert "Over the inputs" in text
    assert "seed=8" in text


def test_a_what_if_is_simulated_with_a_server_dead(client: Client) -> None:
    text = answered(client, "?traffic=1.5&without=web1&seed=1")

    assert "Simulated: 1.5 times today&#x27;s traffic, without web1" in text
    assert Inquiry.objects.get().asked == {"query": "traffic=1.5&without=web1", "seed": 1}


@pytest.mark.parametrize("query", ["?cost=2&seed=1", "?cached=50&seed=1"])
def test_knobs_that_the_simulation_does_not_know_are_named(query: str, client: Client) -> None:
    assert "put those two knobs back" in client.get(ADDRESS + query).content.decode()
    assert Inquiry.objects.count() == 0


@pytest.mark.parametrize("seed", ["", "x", "-1", "1e3", "9" * 40, "٣"])
def test_what_is_no_seed_asks_for_nothing(seed: str, client: Client) -> None:
    assert client.get(ADDRESS, {"seed": seed}).status_code == 200
    assert Inquiry.objects.count() == 0


def test_a_refusal_is_shown_as_a_sentence(client: Client) -> None:
    client.get(ADDRESS + "?seed=1")
    Inquiry.objects.update(state=Inquiry.State.REFUSED, refusal=str(TierwrightError("this cannot be simulated")))

    assert "This cannot be simulated." in client.get(ADDRESS + "?seed=1").content.decode()


def test_one_that_ended_without_an_answer_is_begun_again(client: Client) -> None:
    client.get(ADDRESS + "?seed=1")
    Inquiry.objects.update(state=Inquiry.State.FAILED)

    assert "ended without an answer" in client.get(ADDRESS + "?seed=1").content.decode()
    answer = client.post(ADDRESS + "again/", {"asked": "seed=1"})

    assert answer["Location"] == ADDRESS + "?seed=1"
    assert Inquiry.objects.get().is_running
