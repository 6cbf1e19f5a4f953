"""Every page of the login has our look and keeps to the policy."""

from __future__ import annotations

import re
from pathlib import Path

import allauth
import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from planner.sso import single_sign_on
from tests.conftest import ROOT
from tests.planner.logins import alice, log_in, say_who, site_with_accounts

__all__ = ["alice", "site_with_accounts"]

pytestmark = pytest.mark.django_db
POLICY = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
# What our settings switch off: telephone numbers, codes in place of links, several addresses, sign-up by passkey, and
# browsers that are trusted.
OFF = {
    "account/confirm_email_verification_code.html", "account/confirm_login_code.html",
    "account/confirm_password_reset_code.html", "account/confirm_phone_verification_code.html", "account/email.html",
    "account/phone_change.html", "account/request_login_code.html", "account/signup_by_passkey.html",
    "mfa/trust.html", "mfa/webauthn/signup_form.html", "socialaccount/login_redirect.html",
}  # fmt: skip
OUTSIDE = ("login/", "signup/", "password/reset/", "password/reset/done/", "confirm-email/", "inactive/")
INSIDE = (
    "email/", "logout/", "password/change/", "reauthenticate/", "2fa/", "2fa/webauthn/", "sessions/", "3rdparty/",
    "2fa/totp/activate/", "2fa/webauthn/add/",
)  # fmt: skip
GUARDED = INSIDE[-2:]


@pytest.mark.parametrize(
    ("host", "secure", "warned"),
    [("plan.example.com", False, True), ("plan.example.com", True, False), ("127.0.0.1:8000", False, False)],
)
def test_a_login_that_can_be_overheard_says_so(
    client: Client, settings: Settings, host: str, secure: bool, warned: bool
) -> None:
    settings.ALLOWED_HOSTS = ["*"]

    page = client.get("/accounts/login/", secure=secure, headers={"Host": host}).text

    assert ("This page is not encrypted" in page) is warned


def test_every_page_of_allauth_that_can_be_reached_has_our_look() -> None:
    theirs = Path(allauth.__file__).parent / "templates"
    pages = {
        path.relative_to(theirs).as_posix()
        for folder in ("account", "mfa", "socialaccount", "usersessions")
        for path in (theirs / folder).rglob("*.html")
        if not path.name.startswith("base") and "snippets" not in path.parts
    }

    assert {page for page in pages if not (ROOT / "templates" / page).is_file()} == OFF


def test_its_button_is_there_when_it_is_set_up(client: Client, settings: Settings) -> None:
    assert "Log in with" not in client.get("/accounts/login/").text
    found = single_sign_on(server_url="https://id.example.com", client_id="tw", secret="s", name="Example ID")

    settings.SOCIALACCOUNT_PROVIDERS = found.providers

    page = client.get("/accounts/login/").text
    assert "Log in with Example ID" in page
    assert "/accounts/oidc/company/login/" in page


@pytest.mark.parametrize("path", OUTSIDE + INSIDE)
def test_a_page_of_accounts_is_ours_and_keeps_to_the_policy(client: Client, alice: User, path: str) -> None:
    if path in INSIDE:
        log_in(client)
    if path in GUARDED:
        say_who(client)

    answer = client.get(f"/accounts/{path}")

    assert answer.status_code == 200
    assert all(rule in answer["Content-Security-Policy"] for rule in POLICY)
    assert 'class="panel account' in answer.text
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", answer.text) == []
    assert re.findall(r"<script(?![^>]* src=)(?![^>]*application/json)", answer.text) == []
