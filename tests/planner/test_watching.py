"""What touches accounts is logged: who, from where, what; never what was typed."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db
PASSWORD = "a harbour with nine red boats"


@pytest.fixture(autouse=True)
def alice(settings: Settings, caplog: pytest.LogCaptureFixture) -> Iterator[User]:
    """A site with accounts, and one of them."""
    settings.ACCOUNTS = True
    caplog.set_level(logging.INFO, "planner.security")
    cache.clear()
    user = User.objects.create_user("alice", "alice@example.com", PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    yield user
    cache.clear()


def log_in(client: Client, **typed: str) -> None:
    """Send the form of the login."""
    client.post("/accounts/login/", {"login": "alice@example.com", "password": PASSWORD} | typed)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines of the log."""
    return [record.getMessage() for record in caplog.records if record.name == "planner.security"]


def test_a_login_and_a_logout(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    log_in(client)
    client.post("/accounts/logout/")

    assert said(caplog) == ["alice from 127.0.0.1: logged in by password", "alice from 127.0.0.1: logged out"]


def test_a_wrong_password(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    log_in(client, password="my secret of elsewhere")

    assert said(caplog)[0] == "alice from 127.0.0.1: login refused"
    assert "my secret" not in caplog.text


def test_an_address_that_nobody_has_is_not_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    log_in(client, login="my-password@example.com")

    assert said(caplog)[0] == "nobody known from 127.0.0.1: login refused"
    assert "my-password" not in caplog.text


def test_a_wrong_code(client: Client, alice: User, caplog: pytest.LogCaptureFixture) -> None:
    client.force_login(alice)

    client.post("/accounts/2fa/reauthenticate/", {"code": "000000"})
    client.post("/accounts/reauthenticate/", {"password": "wrong"})

    assert said(caplog)[-1] == "alice from 127.0.0.1: POST /accounts/reauthenticate/ refused with 422"


def test_a_new_password(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    log_in(client)
    fresh = "another harbour, no boats"

    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})

    assert said(caplog)[-1] == "alice from 127.0.0.1: changed the password"
    assert fresh not in caplog.text


def test_what_a_stranger_may_not(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.post("/plans/newspaper/")

    assert said(caplog) == ["nobody known from 127.0.0.1: POST /plans/newspaper/ refused with 403"]


def test_behind_a_proxy_the_address_is_the_one_that_it_saw(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client.post("/plans/newspaper/", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.7"})

    assert said(caplog)[0].startswith("nobody known from 203.0.113.7:")
