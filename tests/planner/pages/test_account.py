"""The page of one's account: what it shows of the person, and what it says where there are no accounts."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from planner.models import Membership, Role, Team
from planner.people import local_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client: Client, settings: Settings) -> User:
    """Somebody who is logged in."""
    settings.ACCOUNTS = True
    user = User.objects.create_user("alice", "alice@example.com", first_name="Alice")
    Membership.objects.create(team=Team.objects.create(slug="crew", name="Crew"), user=user, role=Role.APPROVER)
    client.force_login(user)
    return user


def test_it_shows_who_one_is_and_where(alice: User, client: Client) -> None:
    text = client.get("/account/").text

    assert "@alice" in text
    assert "alice@example.com" in text
    assert '<dt><a href="/team/crew/">Crew</a></dt><dd>approver</dd>' in text


def test_it_warns_where_a_password_alone_opens_the_account(alice: User, client: Client) -> None:
    assert "Whoever learns your password can approve in your name." in client.get("/account/").text

    Authenticator.objects.create(user=alice, type=Authenticator.Type.TOTP, data={"secret": "x"})

    assert "Whoever learns your password" not in client.get("/account/").text


def test_the_name_that_others_see_is_changed(alice: User, client: Client) -> None:
    answer = client.post("/account/", {"first_name": "Alice B."}, follow=True)

    assert "<h1>Alice B.</h1>" in answer.text
    alice.refresh_from_db()
    assert alice.first_name == "Alice B."


def test_a_name_stays_on_one_line(alice: User, client: Client) -> None:
    client.post("/account/", {"first_name": "Alice\n\tB."})

    alice.refresh_from_db()
    assert alice.first_name == "Alice B."


@pytest.mark.parametrize("name", ["x" * 81, "Ali\u202ece", "Al\x01"])
def test_a_name_that_cannot_be_shown_comes_back_with_a_sentence(alice: User, client: Client, name: str) -> None:
    answer = client.post("/account/", {"first_name": name})

    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text
    alice.refresh_from_db()
    assert alice.first_name == "Alice"


def test_a_name_is_shown_as_text(alice: User, client: Client) -> None:
    answer = client.post("/account/", {"first_name": "<b>Ali</b>"}, follow=True)

    assert "&lt;b&gt;Ali&lt;/b&gt;" in answer.text
    assert "<b>Ali" not in answer.text


def test_where_there_are_no_accounts_it_is_the_local_persons(client: Client) -> None:
    text = client.get("/account/").text

    assert "This site runs for one person on this machine" in text
    assert f"@{local_person().username}" in text
    assert 'href="/accounts/' not in text
