"""Without accounts, one can be somebody of the demo."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import Client

from planner.models import Membership, Role
from planner.people import local_person, local_team
from tests.cast import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ana_and_a_stranger() -> None:
    local_person()
    Membership.objects.create(team=local_team(), user=person("ana"), role=Role.VIEWER)
    person("stranger")


def test_the_foot_says_who_one_is_and_offers_the_others(client: Client) -> None:
    text = client.get("/intake/").text

    assert "Local mode, bound to 127.0.0.1" in text
    assert '<option value="ana">Ana</option>' in text
    assert "stranger" not in text


def test_one_is_somebody_else_with_their_role(client: Client) -> None:
    answer = client.post("/people/act-as/", {"handle": "ana", "next": "/intake/"}, follow=True)

    assert answer.request["PATH_INFO"] == "/intake/"
    assert "You are Ana now." in answer.text
    assert client.post("/team/local/change/", {"name": "x"}).status_code == 403
    client.post("/people/act-as/", {"handle": "you"})
    assert client.post("/team/local/change/", {"name": "x", "lead_days": "1"}).status_code == 302


@pytest.mark.parametrize("handle", ["stranger", "", "none", "\x00"])
def test_one_is_nobody_outside_the_team(handle: str, client: Client) -> None:
    assert client.post("/people/act-as/", {"handle": handle}).status_code == 422


def test_the_way_on_leads_nowhere_else(client: Client) -> None:
    answer = client.post("/people/act-as/", {"handle": "ana", "next": "https://elsewhere.example/"})

    assert answer["Location"] == "/"


def test_with_accounts_one_is_who_logged_in(settings: LazySettings, client: Client) -> None:
    settings.ACCOUNTS = True
    client.force_login(person("eve"), backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.post("/people/act-as/", {"handle": "ana"}).status_code == 404
