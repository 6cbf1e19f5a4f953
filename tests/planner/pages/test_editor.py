"""The editor: shows the head, answers to changes, saves a revision, loses nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from topology import document, revisions
from topology.components import catalogue
from topology.design import Design
from topology.models import Plan

pytestmark = pytest.mark.django_db

DATA: Mapping[str, Any] = {
    "tierwright": 1,
    "name": "newspaper",
    "sites": [{"name": "newspaper", "domains": ["www.example.com"]}],
    "workload": {"peak_requests_per_second": 20, "classes": {"page": {"share": 1, "app_cpu_ms": 20}}},
    "tiers": [
        {"name": "web", "servers": [{"name": "web1", "type": "small"}], "roles": ["nginx", "gunicorn"]},
        {"name": "database", "servers": [{"name": "db1", "type": "small"}], "roles": ["postgresql"]},
    ],
}


@pytest.fixture
def plan() -> Plan:
    """A plan with one revision."""
    design = document.from_data(dict(DATA), catalogue=catalogue())
    return revisions.start(design, name="Newspaper", message="first").plan


def send(client: Client, plan: Plan, target: str | None = None, draft: Any = None, **fields: Any) -> Any:
    """Post the form; with a target, as htmx does."""
    head = revisions.get(plan)
    data = {"draft": json.dumps(draft or document.to_data(revisions.load(plan))), "parent": head.digest}
    data |= {name.replace("__", "."): value for name, value in fields.items()}
    headers = {"HX-Request": "true", "HX-Target": target} if target else {}
    return client.post(reverse("editor", args=[plan.slug]), data, headers=headers)


def load(plan: Plan) -> Design:
    return revisions.load(plan)


def test_shows_tiers_numbers_and_drawing(client: Client, plan: Plan) -> None:
    text = client.get(reverse("editor", args=[plan.slug])).content.decode()

    assert 'id="tier-row-web"' in text
    assert 'class="diagram"' in text
    assert "What gives first" in text


def test_a_change_is_answered_with_the_live_part_alone(client: Client, plan: Plan) -> None:
    response = send(client, plan, "live", tier__0__type="large")
    text = response.content.decode()

    assert response.status_code == 200
    assert text.lstrip().startswith('<div id="live"')
    assert "8 cores" in text


def test_without_javascript_the_whole_page_comes_back(client: Client, plan: Plan) -> None:
    response = send(client, plan, act="add-server:0")

    assert "<html" in response.content.decode()
    assert "web2" in response.content.decode()
    assert len(load(plan).hosts) == 2, "nothing is saved by looking"


def test_saving_records_a_revision_with_a_message_from_the_changes(client: Client, plan: Plan) -> None:
    response = send(client, plan, tier__0__count="2", act="save")
    plan.refresh_from_db()

    assert response.status_code == 302
    assert plan.head == 2
    assert [host.name for host in load(plan).hosts] == ["web1", "web2", "db1"]
    assert "web2" in revisions.get(plan).message


def test_the_persons_own_message_is_kept(client: Client, plan: Plan) -> None:
    send(client, plan, tier__0__count="2", act="save", message="Black Friday")

    assert revisions.get(plan).message == "Black Friday"


def test_what_is_wrong_is_said_and_nothing_is_saved(client: Client, plan: Plan) -> None:
    response = send(client, plan, "live", act="add-tier", new__name="a b; <b>", new__type="small")
    text = response.content.decode()

    assert response.status_code == 422
    assert "tier a b; &lt;b&gt;, name: " in text
    assert "<b>;" not in text
    assert "This cannot be saved yet" in text


def test_a_wrong_number_of_servers_is_a_sentence(client: Client, plan: Plan) -> None:
    response = send(client, plan, tier__0__count="many")

    assert response.status_code == 422
    assert "from 1 to 2,000 servers" in response.content.decode()


@pytest.mark.parametrize(
    "draft",
    [
        "", "[]", "{", '{"tiers": 1}', '{"tiers": [{"name": "x"}], "sites": []}', "[" * 100_000,
        '{"tiers": ' + "[" * 500 + "]" * 500 + "}",
        '{"sites": [], "tiers": [{"name": "x", "servers": []}], "notes": ' + "[" * 500 + "]" * 500 + "}",
    ],
)  # fmt: skip
def test_a_form_that_did_not_arrive_whole_is_refused(client: Client, plan: Plan, draft: str) -> None:
    response = client.post(reverse("editor", args=[plan.slug]), {"draft": draft, "parent": "x"})

    assert response.status_code in (400, 422)
    assert "did not arrive whole" in response.content.decode()


def test_somebody_elses_save_in_between_loses_nothing(client: Client, plan: Plan) -> None:
    seen = revisions.get(plan).digest
    send(client, plan, tier__0__count="3", act="save")

    draft = document.to_data(document.from_data(dict(DATA), catalogue=catalogue()))
    fields = {"draft": json.dumps(draft), "parent": seen, "tier.1.count": "2", "act": "save"}
    response = client.post(reverse("editor", args=[plan.slug]), fields)

    assert response.status_code == 409
    assert "Two versions" in response.content.decode()
    assert len(load(plan).hosts) == 4


def test_an_unknown_plan_is_not_found(client: Client) -> None:
    assert client.get(reverse("editor", args=["nothing"])).status_code == 404


def test_a_message_and_a_tier_half_typed_survive_another_change(client: Client, plan: Plan) -> None:
    fields = {"new__name": "cache", "new__role": ["memcached"], "message": "more room"}

    text = send(client, plan, "editor", act="add-server:0", **fields).content.decode()

    assert 'name="new.name" data-quiet value="cache"' in text
    assert 'value="memcached" checked' in text
    assert 'value="more room"' in text


def test_a_tier_once_added_leaves_the_form_empty_for_the_next(client: Client, plan: Plan) -> None:
    text = send(client, plan, "editor", act="add-tier", new__name="cache", new__role="memcached").content.decode()

    assert 'id="tier-row-cache"' in text
    assert 'name="new.name" data-quiet value=""' in text


def test_a_server_of_the_drawing_leads_to_its_row(client: Client, plan: Plan) -> None:
    text = client.get(reverse("editor", args=[plan.slug])).content.decode()

    assert 'xlink:href="#server-row-web1"' in text
    assert 'id="server-row-web1"' in text


def test_a_server_of_a_tier_without_rows_leads_to_the_tier(client: Client, plan: Plan) -> None:
    text = send(client, plan, "live", tier__0__count="30").content.decode()

    assert "#server-row-web" not in text
    assert 'xlink:href="#tier-row-web"' in text


def test_what_is_wrong_names_the_tier_as_the_form_does(client: Client, plan: Plan) -> None:
    text = send(client, plan, "live", tier__0__set__gunicorn__workers="many").content.decode()

    assert "tier web, gunicorn.workers: " in text
    assert "tiers[0]" not in text


def test_a_type_of_the_catalogue_stays_chosen(client: Client) -> None:
    older = {"name": "web", "servers": {"count": 1, "type": "y2006-dual-xeon"}, "roles": ["nginx", "gunicorn"]}
    design = document.from_data({**DATA, "tiers": [older, DATA["tiers"][1]]}, catalogue=catalogue())
    plan = revisions.start(design, name="Older", message="first").plan

    text = client.get(reverse("editor", args=[plan.slug])).content.decode()

    assert '<option value="y2006-dual-xeon" selected>y2006-dual-xeon: 4 cores, 4 GiB</option>' in text
    assert '<option value="aws-c7a.large">aws-c7a.large: 2 cores, 4 GiB</option>' in text


@pytest.mark.parametrize("workload", [DATA["workload"], None])
@pytest.mark.parametrize("role", ["slony", "mod_python"])
def test_a_plan_that_does_not_hold_together_can_be_opened_and_mended(client: Client, role: str, workload: Any) -> None:
    unsound = [{**DATA["tiers"][0], "roles": ["nginx", "gunicorn", role]}, DATA["tiers"][1]]
    design = document.from_data({**DATA, "tiers": unsound, "workload": workload}, catalogue=catalogue())
    plan = revisions.start(design, name="Newspaper", message="first").plan

    shown = client.get(reverse("editor", args=[plan.slug]))
    tried = send(client, plan)
    mended = send(client, plan, draft=DATA, act="save")

    assert shown.status_code == 200
    assert tried.status_code == 422
    for answer in (shown, tried):
        assert 'id="tier-row-web"' in answer.content.decode()
        assert role in answer.context["problems"][0]
    assert mended.status_code == 302
    assert load(plan).tiers[0].roles[-1].name == "gunicorn"
