"""Accounts: who gets in, who may make one, and what a wrong password, a foreign address and a hurry get."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from planner import accounts
from planner.models import Invitation, Membership, Role, Team
from planner.sso import single_sign_on
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db
PASSWORD = "a harbour with nine red boats"
POLICY = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")


@pytest.fixture(autouse=True)
def site_with_accounts(settings: Settings) -> Iterator[None]:
    """Accounts are on, and nobody has tried anything yet."""
    settings.ACCOUNTS = True
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def alice() -> User:
    """Somebody with a confirmed address."""
    user = User.objects.create_user("alice", "alice@example.com", PASSWORD, first_name="Alice")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def invitation(alice: User) -> Invitation:
    """Alice's invitation to bob."""
    team = Team.objects.create(slug="crew", name="Crew")
    Membership.objects.create(team=team, user=alice, role=Role.OWNER)
    return Invitation.objects.create(
        team=team, email="bob@example.com", role=Role.EDITOR, token_hash="0" * 64, invited_by=alice,
        expires_at=timezone.now() + timedelta(days=7),
    )  # fmt: skip


def log_in(client: Client, password: str = PASSWORD, email: str = "alice@example.com", onward: str = "") -> Any:
    """The answer to the form of the login."""
    return client.post("/accounts/login/", {"login": email, "password": password, "next": onward})


def open_link(client: Client, invitation: Invitation) -> None:
    """The browser has opened the link of the invitation."""
    session = client.session
    session[accounts.INVITED] = invitation.pk
    session["account_verified_email"] = invitation.email
    session.save()


def code_of(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238: SHA-1, 30 seconds, six digits)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def say_who(client: Client) -> None:
    """The logged-in person gives the password once more."""
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def set_up_app(client: Client) -> str:
    """The secret of an authenticator app, set up by the logged-in person."""
    say_who(client)
    page = client.get("/accounts/2fa/totp/activate/").text
    found = re.search(r"Secret: <code>([A-Z2-7]+)</code>", page)
    assert found is not None
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(found[1])})
    assert answer.status_code == 302, answer.text
    return found[1]


class TestGettingIn:
    def test_who_is_not_logged_in_is_sent_to_the_login_and_back(self, client: Client) -> None:
        answer = client.get("/plans/newspaper/?view=table")

        assert answer.status_code == 302
        assert answer["Location"] == "/accounts/login/?next=%2Fplans%2Fnewspaper%2F%3Fview%3Dtable"

    def test_an_address_that_does_not_exist_tells_a_stranger_nothing(self, client: Client) -> None:
        assert client.get("/no/such/page/").status_code == 302

    def test_what_somebody_sees_is_for_their_browser_alone(self, client: Client, alice: User) -> None:
        log_in(client)

        assert "private" in client.get("/account/")["Cache-Control"]
        assert "no-store" in client.get("/accounts/2fa/")["Cache-Control"]
        assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"cache"'

    def test_a_token_in_the_clear_is_refused_and_not_led_on(self, client: Client, settings: Settings) -> None:
        settings.HTTPS = True

        answer = client.get("/api/v1/plans", headers={"Authorization": "Bearer tw_x"})

        assert (answer.status_code, answer["Content-Type"]) == (403, "application/json")
        assert "use https" in answer.text

    @pytest.mark.parametrize("path", ["/healthz", "/accounts/login/", "/accounts/password/reset/"])
    def test_some_pages_need_no_login(self, client: Client, path: str) -> None:
        assert client.get(path).status_code == 200

    def test_a_form_of_a_stranger_is_refused_and_stays_in_the_browser(self, client: Client) -> None:
        answer = client.post("/plans/newspaper/", {"document": "{}"})

        assert answer.status_code == 403
        assert "what you typed is still in the form" in answer.text

    def test_htmx_is_sent_to_the_login_of_the_page_it_is_in(self, client: Client) -> None:
        headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/compare/"}

        answer = client.get("/compare/", headers=headers)

        assert answer.status_code == 401
        assert answer["HX-Redirect"] == "/accounts/login/?next=http%3A%2F%2Ftestserver%2Fcompare%2F"

    def test_one_logs_in_by_e_mail(self, client: Client, alice: User) -> None:
        answer = log_in(client, email="Alice@Example.com", onward="/account/")

        assert (answer.status_code, answer["Location"]) == (302, "/account/")
        assert "Alice" in client.get("/account/").text

    def test_the_session_is_a_new_one_after_the_login(self, client: Client, alice: User) -> None:
        client.get("/accounts/login/")
        session = client.session
        session["before"] = "x"
        session.save()
        before = session.session_key

        log_in(client)

        assert client.session.session_key != before

    def test_a_wrong_password_gets_a_sentence_and_the_address_stays(self, client: Client, alice: User) -> None:
        answer = log_in(client, password="a guess of twelve letters")

        assert answer.status_code == 422
        assert "No account has this e-mail and this password." in answer.text
        assert 'value="alice@example.com"' in answer.text
        assert "a guess of twelve" not in answer.text

    def test_an_unknown_address_gets_the_same_answer(self, client: Client, alice: User) -> None:
        known, unknown = log_in(client, password="wrong"), log_in(client, password="wrong", email="eve@example.com")

        assert known.status_code == unknown.status_code == 422
        assert "No account has this e-mail and this password." in unknown.text

    def test_guessing_is_slowed_down(self, client: Client, alice: User) -> None:
        for _ in range(5):
            log_in(client, password="wrong")

        answer = log_in(client)

        assert answer.status_code == 422
        assert "too many attempts with this e-mail" in answer.text

    def test_a_flood_from_one_place_gets_429(self, client: Client, settings: Settings) -> None:
        settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
        for number in range(2):
            log_in(client, email=f"{number}@example.com")

        answer = log_in(client, email="3@example.com")

        assert answer.status_code == 429
        assert "This was tried too often from here." in answer.text

    def test_attempts_are_counted_where_every_process_sees_them(self, settings: Settings) -> None:
        assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"

    @pytest.mark.parametrize(
        "onward", ["https://evil.example/", "//evil.example", "javascript:alert(1)", r"/\\evil.example"]
    )
    def test_the_login_leads_nowhere_else(self, client: Client, alice: User, onward: str) -> None:
        answer = log_in(client, onward=onward)

        assert (answer.status_code, answer["Location"]) == (302, "/")

    def test_a_session_ends_whatever_was_done_meanwhile(self, client: Client, alice: User, settings: Settings) -> None:
        log_in(client)
        session = client.session
        session["account_authentication_methods"][0]["at"] -= settings.SESSION_COOKIE_AGE + 1
        session.save()

        assert client.get("/account/")["Location"].startswith("/accounts/login/")

    def test_a_closed_account_is_told_so(self, client: Client, alice: User) -> None:
        alice.is_active = False
        alice.save()

        answer = log_in(client)

        assert "/account/" not in answer.get("Location", "")
        assert client.get("/account/").status_code == 302

    def test_logging_out_takes_a_form_and_ends_the_session(self, client: Client, alice: User) -> None:
        log_in(client)
        key = client.session.session_key
        assert "Log out?" in client.get("/accounts/logout/").text

        client.post("/accounts/logout/")

        assert client.get("/account/").status_code == 302
        client.cookies["tierwright_session"] = str(key)
        assert client.get("/account/").status_code == 302


FORM = {"email": "bob@example.com", "password1": PASSWORD, "password2": PASSWORD, "first_name": "Bob"}


class TestMakingAnAccount:
    def test_nobody_signs_up_without_an_invitation(self, client: Client) -> None:
        assert "Accounts are made by invitation" in client.get("/accounts/signup/").text

        client.post("/accounts/signup/", FORM)

        assert not User.objects.exists()

    def test_who_was_invited_signs_up_and_is_in(self, client: Client, invitation: Invitation) -> None:
        open_link(client, invitation)
        assert 'value="bob@example.com"' in client.get("/accounts/signup/").text

        client.post("/accounts/signup/", FORM)

        bob = User.objects.get(email="bob@example.com")
        assert (bob.username, bob.first_name) == ("bob", "Bob")
        assert client.get("/account/").status_code == 200  # the link came by mail, so the address is confirmed

    def test_an_invitation_is_for_its_address(self, client: Client, invitation: Invitation) -> None:
        open_link(client, invitation)

        answer = client.post("/accounts/signup/", FORM | {"email": "eve@example.com"})

        assert answer.status_code == 422
        assert "The invitation is for bob@example.com" in answer.text
        assert not User.objects.filter(email="eve@example.com").exists()

    @pytest.mark.parametrize("gone", ["accepted_at", "revoked_at", "expires_at"])
    def test_an_invitation_that_is_over_opens_nothing(self, client: Client, invitation: Invitation, gone: str) -> None:
        open_link(client, invitation)
        Invitation.objects.update(**{gone: timezone.now() - timedelta(seconds=1)})

        assert "Accounts are made by invitation" in client.get("/accounts/signup/").text

    def test_an_open_site_asks_to_confirm_the_address(self, client: Client, settings: Settings) -> None:
        settings.SIGNUP = True

        client.post("/accounts/signup/", FORM)

        assert client.get("/account/").status_code == 302
        assert len(mail.outbox) == 1
        link = re.search(r"http://testserver(/accounts/confirm-email/\S+)", str(mail.outbox[0].body))
        assert link is not None
        assert client.post(link[1]).status_code == 302
        assert EmailAddress.objects.get(email="bob@example.com").verified

    def test_an_open_site_does_not_tell_who_has_an_account(
        self, client: Client, alice: User, settings: Settings
    ) -> None:
        settings.SIGNUP = True
        fresh = client.post("/accounts/signup/", FORM)

        taken = Client().post("/accounts/signup/", FORM | {"email": alice.email})

        assert (taken.status_code, taken["Location"]) == (fresh.status_code, fresh["Location"])

    @pytest.mark.parametrize(
        ("password", "says"),
        [("eleven char", "at least 12"), ("password1234", "too common"), ("bob@example.com", "too similar")],
    )
    def test_a_weak_password_is_refused_with_its_reason(
        self, client: Client, settings: Settings, password: str, says: str
    ) -> None:
        settings.SIGNUP = True

        answer = client.post("/accounts/signup/", FORM | {"password1": password, "password2": password})

        assert answer.status_code == 422
        assert says in answer.text
        assert not User.objects.exists()

    def test_of_two_who_want_one_handle_at_once_each_gets_an_account(
        self, client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.SIGNUP = True
        User.objects.create_user("bob", "bob@elsewhere.example")
        seen = iter(["bob", "bob2"])  # the first answer is from before the other one was saved
        monkeypatch.setattr(accounts, "handle_for", lambda email: next(seen))

        client.post("/accounts/signup/", FORM)

        assert User.objects.get(email="bob@example.com").username == "bob2"

    @pytest.mark.parametrize(
        ("email", "handle"),
        [
            ("Ann.Smith+x@example.com", "ann-smith"),
            ("you@example.com", "you2"),
            ("alice@elsewhere.example", "alice2"),
            ("___@example.com", "person"),
            ("ä" * 40 + "@example.com", "person"),
            ("a" * 60 + "@example.com", "a" * 30),
        ],
    )
    def test_a_handle_follows_from_the_address(self, alice: User, email: str, handle: str) -> None:
        assert accounts.handle_for(email) == handle


class TestPasswords:
    def test_a_forgotten_password_is_set_anew_once(self, client: Client, alice: User) -> None:
        client.post("/accounts/password/reset/", {"email": alice.email})
        found = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
        assert found is not None
        form = client.get(found[1], follow=True).redirect_chain[-1][0]

        client.post(form, {"password1": "another harbour, no boats", "password2": "another harbour, no boats"})

        assert log_in(Client(), "another harbour, no boats").status_code == 302
        assert "This link is old, or was used before." in Client().get(found[1], follow=True).text

    def test_mails_say_what_they_are_for_in_our_words(self, client: Client, alice: User) -> None:
        client.post("/accounts/password/reset/", {"email": alice.email})
        client.post("/accounts/password/reset/", {"email": "nobody@example.com"})

        subjects = [letter.subject for letter in mail.outbox]
        assert subjects == ["[Tierwright] Set a new password", "[Tierwright] No account with this address"]
        assert all(str(letter.body).startswith("Somebody, probably you,") for letter in mail.outbox)
        assert all(str(letter.body).endswith("Tierwright at testserver") for letter in mail.outbox)

    def test_nobody_learns_from_it_who_has_an_account(self, client: Client, alice: User) -> None:
        known = client.post("/accounts/password/reset/", {"email": alice.email})
        unknown = client.post("/accounts/password/reset/", {"email": "eve@example.com"})

        assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])

    def test_a_changed_password_logs_the_other_browsers_out(self, client: Client, alice: User) -> None:
        other = Client()
        log_in(other)
        log_in(client)
        form = {
            "oldpassword": PASSWORD,
            "password1": "another harbour, no boats",
            "password2": "another harbour, no boats",
        }

        client.post("/accounts/password/change/", form)

        assert client.get("/account/").status_code == 200
        assert other.get("/account/").status_code == 302
        assert "assword" in mail.outbox[-1].subject

    def test_a_dead_mail_server_is_said_on_the_page(self, client: Client, alice: User, settings: Settings) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1

        answer = client.post("/accounts/password/reset/", {"email": alice.email}, follow=True)

        assert "The mail could not be sent" in answer.text

    def test_mail_that_goes_nowhere_is_said_on_the_page(self, client: Client, settings: Settings) -> None:
        settings.EMAIL_HOST = ""
        assert "no mail server" in client.get("/accounts/password/reset/").text

        settings.EMAIL_HOST = "mail.example.com"
        assert "no mail server" not in client.get("/accounts/password/reset/").text


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


class TestSingleSignOn:
    def test_its_button_is_there_when_it_is_set_up(self, client: Client, settings: Settings) -> None:
        assert "Log in with" not in client.get("/accounts/login/").text
        found = single_sign_on(server_url="https://id.example.com", client_id="tw", secret="s", name="Example ID")

        settings.SOCIALACCOUNT_PROVIDERS = found.providers

        page = client.get("/accounts/login/").text
        assert "Log in with Example ID" in page
        assert "/accounts/oidc/company/login/" in page


def test_every_page_of_allauth_that_can_be_reached_has_our_look() -> None:
    theirs = Path(allauth.__file__).parent / "templates"
    pages = {
        path.relative_to(theirs).as_posix()
        for folder in ("account", "mfa", "socialaccount", "usersessions")
        for path in (theirs / folder).rglob("*.html")
        if not path.name.startswith("base") and "snippets" not in path.parts
    }

    assert {page for page in pages if not (ROOT / "templates" / page).is_file()} == OFF


def test_without_accounts_there_is_no_login(client: Client, settings: Settings) -> None:
    settings.ACCOUNTS = False

    for path in ("/accounts/", "/accounts/login/", "/accounts/2fa/", "/accounts/signup/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "there is nothing to log in to" in answer.text
    assert client.get("/").status_code == 200


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
