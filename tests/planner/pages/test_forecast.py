"""The forecast page: knobs as an address, the answer as a part, a server that dies, servers that are kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.builders import newspaper
from topology import revisions
from topology.design import server_names
from topology.models import Plan

pytestmark = pytest.mark.django_db

WORKLOAD: Mapping[str, Any] = {
    "peak_requests_per_second": 60,
    "classes": {"page": {"share": 0.5}, "static": {"share": 0.5}},
    "observed": {"cpu_share": 0.4, "requests_per_second": 60},
    "hours": [10.0] * 23 + [20.0],
    "growth_per_year": 0.5,
}
TIERS: list[dict[str, Any]] = [
    {"name": "web", "servers": {"count": 2, "type": "medium"}, "roles": ["nginx", "gunicorn"]},
    {"name": "database", "servers": [{"name": "db1", "type": "large"}], "roles": ["postgresql"]},
]
ADDRESS = "/plans/newspaper/forecast/"
PART = {"HX-Request": "true", "HX-Target": "answer"}


@pytest.fixture(autouse=True)
def plan() -> Plan:
    return make()


def make(**changes: Any) -> Plan:
    """The plan, or its next revision with something changed."""
    design = newspaper(**{"workload": WORKLOAD, "tiers": TIERS, "promise": {"p95_ms": 300}, **changes})
    plan = Plan.objects.first()
    if plan is None:
        return revisions.start(design, name="Newspaper", message="first").plan
    return revisions.record(plan, design, parent_digest=revisions.get(plan).digest, message="next").plan


def text_of(client: Client, query: str = "", **headers: str) -> str:
    answer = client.get(f"{ADDRESS}?{query}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def answer_of(client: Client, query: str = "") -> str:
    """The words of the answer alone."""
    text = re.sub(r"<[^>]+>", " ", text_of(client, query, **PART))
    return " ".join(text.split())


def test_shows_the_plan_as_it_stands_with_every_chart(client: Client) -> None:
    text = text_of(client)

    assert "The plan as it stands" in text
    assert [name for name in ("responses-title", "servers-title", "drawing", "beyond-title") if name not in text] == []
    assert "was " not in answer_of(client)


def test_a_slider_is_answered_with_the_answer_alone(client: Client) -> None:
    text = text_of(client, "traffic=2", **PART)

    assert text.lstrip().startswith('<section id="answer"')
    assert 'id="drawing"' not in text
    assert 'id="spoken" hx-swap-oob' in text


def test_every_figure_shows_what_it_was(client: Client) -> None:
    words = answer_of(client, "servers.web=4&type.web=large")

    assert "If: web: 4 large" in words
    assert words.count("was ") >= 4
    assert "Keep these servers as a revision" in words


def test_the_address_follows_in_its_shortest_form(client: Client) -> None:
    query = "traffic=2&cached=0&cost=1&servers.web=2&type.web=medium&servers.database=1&type.database=large&without="

    answer = client.get(f"{ADDRESS}?{query}", headers=PART)

    assert answer["HX-Replace-Url"] == f"{ADDRESS}?traffic=2"
    assert client.get(ADDRESS, headers=PART)["HX-Replace-Url"] == ADDRESS


def test_a_shared_link_sets_the_knobs(client: Client) -> None:
    text = text_of(client, "traffic=2.5&cached=40&cost=0.5&servers.web=3&type.database=small&without=web1")

    for name, value in (("traffic", "2.5"), ("cached", "40"), ("cost", "0.5"), ("servers-web", "3")):
        assert re.search(rf'<input id="{name}"[^>]* value="{value}"', text)
    assert re.search(r'<option value="small" selected>small', text)
    assert '<option value="web1" selected>' in text


def test_every_type_of_the_catalogue_can_be_asked_for_by_its_provider(client: Client) -> None:
    text = text_of(client, "type.web=hetzner-cx33&type.database=aws-c6a.large")

    assert '<optgroup label="Amazon">' in text
    assert '<option value="aws-c6a.large" selected>' in text
    assert "database: aws-c6a.large" in text


@pytest.mark.parametrize(
    "query",
    [
        "traffic=nan&cost=inf&cached=-5",
        "traffic=1e99&servers.web=-3&servers.database=x",
        "traffic=&servers.web=&type.web=&without=",
        "servers.web=1e12",
        "type.web=%3Cscript%3E&servers.cellar=4&without=%27--",
        "cached=100&cost=0&traffic=0",
    ],
)
def test_any_address_is_answered(client: Client, query: str) -> None:
    assert "<script>" not in answer_of(client, query)


def test_more_than_can_be_answered_is_saturated_by_how_much_and_where(client: Client) -> None:
    words = answer_of(client, "traffic=20")

    assert re.search(
        r"Saturated: 1,200 requests/s are asked and [0-9]+ can be answered, [0-9]+ a second too many", words
    )
    assert "The CPU of web1 is full" in words
    assert "no end" in words


def test_a_plan_without_a_cache_is_told_so(client: Client) -> None:
    assert "No server of this plan keeps a cache" in answer_of(client, "cached=50")
    make(tiers=[*TIERS, {"name": "cache", "servers": {"count": 1, "type": "small"}, "roles": ["memcached"]}])
    assert "keeps a cache" not in answer_of(client, "cached=50")


def test_a_server_that_dies_leaves_its_load_to_the_others(client: Client) -> None:
    words = answer_of(client, "without=web1")

    assert "Without web1: nothing stops. The other one then uses" in words
    assert "Servers 2 " in words


def test_what_stops_with_a_server_is_said_instead_of_figures(client: Client) -> None:
    words = answer_of(client, "without=db1")

    assert "Without db1: Pages stop; static files go on." in words
    assert "Carries" not in words


def test_the_last_web_server_takes_the_whole_site(client: Client) -> None:
    assert "The whole site stops." in answer_of(client, "servers.web=1&without=web1")


def test_the_drawing_leads_to_the_forecast_without_each_server(client: Client) -> None:
    text = text_of(client, "traffic=3")

    assert 'href="?traffic=3&amp;without=web1"' in text


def test_the_drawing_is_a_part_of_its_own(client: Client) -> None:
    text = text_of(client, "without=web1", **{**PART, "HX-Target": "drawing"})

    assert text.lstrip().startswith('<section id="drawing"')
    assert "The plan without web1" in text


def test_servers_are_kept_as_a_revision_and_traffic_is_not(client: Client, plan: Plan) -> None:
    head = revisions.get(plan)

    answer = client.post(
        reverse("keep_forecast", args=[plan.slug]),
        {"parent": head.digest, "asked": "traffic=3&servers.web=4&type.database=small"},
    )

    assert answer.status_code == 302
    kept = revisions.load(plan)
    assert [len(server_names(tier)) for tier in kept.tiers] == [4, 1]
    assert kept.hosts[-1].type_name == "small"
    assert kept.workload == revisions.load(plan, 1).workload


def test_of_two_people_who_keep_servers_the_second_sees_both(client: Client, plan: Plan) -> None:
    head = revisions.get(plan)
    revisions.record(plan, newspaper(notes="theirs"), parent_digest=head.digest, message="Theirs")

    answer = client.post(f"{ADDRESS}keep/", {"parent": head.digest, "asked": "servers.web=4"})

    assert answer.status_code == 409


def test_no_capacity_is_claimed_for_a_site_that_swaps(client: Client) -> None:
    make(
        server_types={"tiny": {"cores": 1, "ram_mib": 256}},
        tiers=[{"name": "web", "servers": {"count": 1, "type": "tiny"}, "roles": ["nginx", "gunicorn", "postgresql"]}],
    )

    words = answer_of(client)

    assert "No capacity is claimed: web1 has too little memory" in words
    assert "MiB are needed and 256 MiB are there" in words
    assert "no end" not in words
    assert "Response times against load" not in words


def test_a_plan_without_a_workload_leads_to_one(client: Client) -> None:
    make(workload=None)

    text = text_of(client)

    assert "does not say what is asked" in text
    assert reverse("intake") in text


def beyond_of(client: Client, query: str = "") -> str:
    """The words of what lies beyond the peak alone."""
    text = text_of(client, query, **{**PART, "HX-Target": "beyond"})
    assert text.lstrip().startswith('<section id="beyond"')
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_what_lies_beyond_the_peak_is_worked_out_only_when_it_is_asked_for(client: Client) -> None:
    assert "If nothing is done," not in text_of(client)
    assert "If nothing is done," in text_of(client, "beyond=1")
    assert "If nothing is done," in beyond_of(client)


def test_limits_come_with_their_dates_the_first_in_front(client: Client) -> None:
    words = beyond_of(client)

    assert "Promised p95 first" in words
    assert re.search(r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) 20[0-9]{2}", words)


def test_a_limit_that_is_met_already_is_met_now(client: Client) -> None:
    assert "Promised p95 first now CPU of web now" in beyond_of(client, "traffic=20")


def test_without_growth_limits_have_no_date_and_the_page_says_how_to_get_one(client: Client) -> None:
    make(workload={**WORKLOAD, "growth_per_year": None})

    words = beyond_of(client)

    assert "No limit has a date: say in the editor how fast traffic grows" in words
    assert "Earliest" not in words


def test_traffic_that_does_not_grow_meets_no_limit(client: Client) -> None:
    make(workload={**WORKLOAD, "growth_per_year": 0})

    assert "No limit has a date: traffic does not grow that far." in beyond_of(client)


def test_one_and_two_servers_of_each_tier_die(client: Client) -> None:
    words = beyond_of(client)

    assert "web 1 of 2" in words
    assert "web 2 of 2" in words
    assert "database 1 of 1 stops pages: 50 % of requests none are left" in words
    assert "minutes lost a year" in words


def test_servers_that_are_left_refuse_what_is_too_much(client: Client) -> None:
    assert re.search(r"web 1 of 2 refuses [0-9]+ % of requests [0-9]+ % over", beyond_of(client, "traffic=5"))


def test_the_week_has_its_percentiles_beside_those_of_the_peak(client: Client) -> None:
    words = beyond_of(client)

    assert "Through the day" in words
    assert re.search(r"99 % within [0-9.]+ ms [0-9.]+ ms–[0-9.]+ ms [0-9.]+ ms", words)
    assert "Calm enough to deploy" in words


def test_without_hours_there_is_no_week(client: Client) -> None:
    make(workload={**WORKLOAD, "hours": None})

    words = beyond_of(client)

    assert "Through the" not in words
    assert "If a server dies" in words


def test_hours_with_too_much_leave_percentiles_open(client: Client) -> None:
    words = beyond_of(client, "traffic=20")

    assert "left open" in words
    assert "fall into the 24 hours in which more is asked than is carried" in words


def test_costs_say_what_is_not_in_them(client: Client) -> None:
    words = beyond_of(client)

    assert "Three years" in words
    assert "without storage and traffic" in words


def test_servers_needed_stand_beside_those_that_are_there(client: Client) -> None:
    words = beyond_of(client, "traffic=4")

    assert "There are 0 % free 30 % free 50 % free 70 % free" in words
    assert re.search(r"web medium 2 2 [0-9–]+ 2 [0-9–]+ 3 which are not there", words)


def test_what_lies_beyond_counts_every_server_alive(client: Client) -> None:
    assert "The plan as it stands, all its servers alive" in beyond_of(client, "without=web1")


def test_of_servers_that_swap_only_the_cost_is_known(client: Client) -> None:
    make(
        server_types={"tiny": {"cores": 1, "ram_mib": 256, "price_month": 4}},
        tiers=[{"name": "web", "servers": {"count": 1, "type": "tiny"}, "roles": ["nginx", "gunicorn", "postgresql"]}],
    )

    words = beyond_of(client)

    assert "nothing is said of years, failures or the week" in words
    assert "4 USD a month" in words or "4 EUR a month" in words
    assert "If a server dies" not in words
    assert "none suffice" in words


def test_a_thousand_equal_servers_are_one_row(client: Client) -> None:
    words = answer_of(client, "servers.web=1000")

    assert "web1 to web1000 ×1,000" in words
    assert len(words) < 6000


def test_a_plan_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get("/plans/none/forecast/").status_code == 404
    assert client.post("/plans/none/forecast/keep/").status_code == 404
