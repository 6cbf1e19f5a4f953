"""Somebody who left, or lost a laptop, is logged out everywhere."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db
PASSWORD = "a harbour with nine red boats"


def logged_in(handle: str) -> Client:
    """A browser in which somebody is logged in."""
    email = f"{handle}@example.com"
    user = User.objects.create_user(handle, email, PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert client.get("/account/").status_code == 200
    return client


def test_one_person_is_logged_out_and_nobody_else(settings: Settings) -> None:
    settings.ACCOUNTS = True
    ana, ben = logged_in("ana"), logged_in("ben")
    out = StringIO()

    call_command("endsessions", "ana@example.com", stdout=out)

    assert out.getvalue() == "Sessions ended: 1.\n"
    assert (ana.get("/account/").status_code, ben.get("/account/").status_code) == (302, 200)


def test_everybody_is_logged_out(settings: Settings) -> None:
    settings.ACCOUNTS = True
    browsers = [logged_in("ana"), logged_in("ben")]

    call_command("endsessions", all=True, stdout=StringIO())

    assert [browser.get("/account/").status_code for browser in browsers] == [302, 302]


@pytest.mark.parametrize(
    ("email", "everybody"), [("", False), ("ana@example.com", True), ("nobody@example.com", False)]
)
def test_what_is_not_clear_ends_nothing(email: str, everybody: bool) -> None:
    err = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("endsessions", email, all=everybody, stderr=err)

    assert ended.value.code == 2
    assert err.getvalue()
