"""Second factors: an app, passkeys, recovery codes; what asks for them, and how their secrets are kept."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from tests.planner.logins import alice, code_of, log_in, say_who, set_up_app, site_with_accounts

__all__ = ["alice", "site_with_accounts"]

pytestmark = pytest.mark.django_db


class TestSecondFactors:
    def test_an_app_is_set_up_and_asked_for_at_the_next_login(self, client: Client, alice: User) -> None:
        log_in(client)
        secret = set_up_app(client)
        other = Client()

        assert log_in(other).headers["Location"] == "/accounts/2fa/authenticate/"
        assert other.get("/account/").status_code == 302
        other.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})

        assert other.get("/account/").status_code == 200

    def test_a_code_works_once(self, client: Client, alice: User) -> None:
        log_in(client)
        secret = set_up_app(client)
        code = code_of(secret)
        first, second = Client(), Client()
        for browser in (first, second):
            log_in(browser)

        answers = [browser.post("/accounts/2fa/authenticate/", {"code": code}) for browser in (first, second)]

        assert [answer.status_code for answer in answers] == [302, 422]
        assert second.get("/account/").status_code == 302

    def test_a_wrong_code_is_refused(self, client: Client, alice: User) -> None:
        log_in(client)
        secret = set_up_app(client)
        other = Client()
        log_in(other)
        wrong = f"{(int(code_of(secret)) + 1) % 1_000_000:06}"

        assert other.post("/accounts/2fa/authenticate/", {"code": wrong}).status_code == 422

    def test_guessing_codes_is_slowed_down(self, client: Client, alice: User) -> None:
        log_in(client)
        secret = set_up_app(client)
        other = Client()
        log_in(other)
        for _ in range(5):
            other.post("/accounts/2fa/authenticate/", {"code": "000000"})

        answer = other.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})

        assert (answer.status_code, other.get("/account/").status_code) == (422, 302)

    def test_a_recovery_code_lets_in_once(self, client: Client, alice: User) -> None:
        log_in(client)
        set_up_app(client)
        code = Authenticator.objects.get(user=alice, type="recovery_codes").wrap().get_unused_codes()[0]
        first, second = Client(), Client()
        for browser in (first, second):
            log_in(browser)
            browser.post("/accounts/2fa/authenticate/", {"code": code})

        assert [browser.get("/account/").status_code for browser in (first, second)] == [200, 302]

    def test_the_secret_is_not_readable_in_the_database(self, client: Client, alice: User) -> None:
        log_in(client)

        secret = set_up_app(client)

        assert secret not in str(Authenticator.objects.filter(user=alice).values_list("data", flat=True))

    def test_the_secret_survives_a_new_key_of_the_site(self, client: Client, alice: User, settings: Settings) -> None:
        log_in(client)
        secret = set_up_app(client)
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another-" + "y" * 50
        other = Client()
        log_in(other)

        assert other.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302

    @pytest.mark.parametrize("path", ["2fa/totp/activate/", "2fa/webauthn/add/", "email/"])
    def test_what_protects_the_account_is_changed_only_by_who_says_again_who_they_are(
        self, client: Client, alice: User, path: str
    ) -> None:
        log_in(client)

        answer = client.post(f"/accounts/{path}", {"action_add": "", "email": "new@example.com"})

        assert answer["Location"].startswith("/accounts/reauthenticate/")
        assert not EmailAddress.objects.filter(email="new@example.com").exists()

    def test_a_passkey_is_asked_for_by_a_file_and_data(self, client: Client, alice: User) -> None:
        log_in(client)
        say_who(client)

        page = client.get("/accounts/2fa/webauthn/add/").text

        assert 'src="/static/js/passkeys.js"' in page
        assert re.findall(r"<script(?![^>]* src=)[^>]*>", page) == [
            '<script id="passkey-options" type="application/json">'
        ]


class TestRequiredSecondFactor:
    def test_a_password_alone_leads_to_setting_one_up(self, client: Client, alice: User, settings: Settings) -> None:
        settings.SECOND_FACTOR = True
        log_in(client)

        answer = client.get("/account/", follow=True)

        assert answer.redirect_chain == [("/accounts/2fa/", 302)]
        assert "This site asks for more than a password." in answer.text

    def test_with_one_the_site_is_open(self, client: Client, alice: User, settings: Settings) -> None:
        settings.SECOND_FACTOR = True
        log_in(client)

        set_up_app(client)

        assert client.get("/account/").status_code == 200

    def test_recovery_codes_alone_are_none(self, client: Client, alice: User, settings: Settings) -> None:
        settings.SECOND_FACTOR = True
        log_in(client)

        Authenticator.objects.create(user=alice, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"})

        assert client.get("/account/").status_code == 302
