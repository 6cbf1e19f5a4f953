"""Making an account and setting its password: who may, what a weak one gets, what a link is worth."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from planner import accounts
from planner.models import Invitation, Membership, Role, Team
from tests.planner.logins import PASSWORD, alice, log_in, site_with_accounts

__all__ = ["alice", "site_with_accounts"]

pytestmark = pytest.mark.django_db
FORM = {"email": "bob@example.com", "password1": PASSWORD, "password2": PASSWORD, "first_name": "Bob"}


@pytest.fixture
def invitation(alice: User) -> Invitation:
    """Alice's invitation to bob."""
    team = Team.objects.create(slug="crew", name="Crew")
    Membership.objects.create(team=team, user=alice, role=Role.OWNER)
    return Invitation.objects.create(
        team=team, email="bob@example.com", role=Role.EDITOR, token_hash="0" * 64, invited_by=alice,
        expires_at=timezone.now() + timedelta(days=7),
    )  # fmt: skip


def open_link(client: Client, invitation: Invitation) -> None:
    """The browser has opened the link of the invitation."""
    session = client.session
    session[accounts.INVITED] = invitation.pk
    session["account_verified_email"] = invitation.email
    session.save()


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


def test_a_proxy_too_few_is_said_to_whoever_runs_the_site(client: Client, alice: User, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2

    answer = log_in_through(client, "192.0.2.7")

    assert answer.status_code == 403
    assert "TRUSTED_PROXIES" in answer.text


def log_in_through(client: Client, forwarded: str) -> Any:
    """The answer to the form of the login, as a proxy hands it on."""
    sent = {"login": "alice@example.com", "password": PASSWORD}
    return client.post("/accounts/login/", sent, headers={"x-forwarded-for": forwarded})
