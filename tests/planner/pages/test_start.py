"""Start: three ways in, the demo in one click, and the plans that are there."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.builders import newspaper
from topology import revisions
from topology.models import Plan

pytestmark = pytest.mark.django_db


def test_there_are_three_ways_in(client: Client) -> None:
    answer = client.get("/")

    assert answer.status_code == 200
    assert 'href="/intake/"' in answer.text
    assert 'href="/intake/#numbers"' in answer.text
    assert 'action="/demo/"' in answer.text


def test_without_plans_it_says_how_to_make_one(client: Client) -> None:
    assert "No plans yet." in client.get("/").text


def test_plans_are_listed_with_their_size_and_last_change(client: Client) -> None:
    first = revisions.start(newspaper(), name="The <b>newspaper</b>", message="First")
    revisions.record(first.plan, newspaper(notes="x"), parent_digest=first.digest, message="A note & more")

    text = client.get("/").text

    assert "The &lt;b&gt;newspaper&lt;/b&gt;" in text
    assert "A note &amp; more" in text
    assert '<td class="n">3</td>' in text
    assert '<td class="n">2</td>' in text


def test_the_list_of_plans_is_a_file_too(client: Client) -> None:
    revisions.start(newspaper(), name="The newspaper", message="First")

    page, file = client.get("/"), client.get("/", {"format": "json"})

    assert "?format=csv" in page.text
    assert [(row["plan"], row["servers"], row["revision"]) for row in file.json()] == [("newspaper", 3, 1)]


def test_a_removed_plan_is_not_listed(client: Client) -> None:
    plan = revisions.start(newspaper(), name="The newspaper", message="First").plan
    revisions.remove(plan)

    text = client.get("/").text
    assert text.index("No plans yet.") < text.index('href="/plans/newspaper/"')
    assert 'action="/plans/newspaper/bring-back/"' in text


@pytest.mark.parametrize("plans", [1, 12])
def test_the_list_asks_the_database_as_often_for_one_plan_as_for_many(
    plans: int, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(plans):
        revisions.start(newspaper(), name="The newspaper", message="First")

    client.get("/")  # the first visit makes the local person

    with django_assert_max_num_queries(8):
        client.get("/")


def test_the_demo_opens_in_one_click(client: Client) -> None:
    answer = client.post("/demo/")

    plan = Plan.objects.get(slug="newspaper")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/plans/newspaper/")
    assert client.get(f"/plans/{plan.slug}/").status_code == 200


def test_the_demo_is_made_once(client: Client) -> None:
    for _ in range(2):
        client.post("/demo/")

    assert Plan.objects.filter(proposal=None).count() == 1


def test_a_link_does_not_make_the_demo(client: Client) -> None:
    assert client.get("/demo/").status_code == 405
    assert Plan.objects.count() == 0


def test_the_head_names_the_six_steps_and_where_one_is(client: Client) -> None:
    text = client.get("/").text

    assert [
        step for step in ("Start", "Intake", "Stages", "Editor", "Forecast", "Bundle") if f">{step}</span>" not in text
    ] == []
    assert text.count('aria-current="step"') == 1


def test_the_site_says_that_it_is_local(client: Client) -> None:
    assert "bound to 127.0.0.1" in client.get("/").text
