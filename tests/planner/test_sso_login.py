"""Logging in by the company's own login, against a small provider that checks what it is sent."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from planner import accounts
from planner.models import Invitation, Membership, Role, Team
from planner.sso import single_sign_on

pytestmark = pytest.mark.django_db
CALLBACK = "/accounts/oidc/company/login/callback/"


@dataclass
class Provider:
    """What says who somebody is."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    """Who is logged in there."""
    audience: str = "tierwright"
    challenge: str = ""
    """What the token's asker has to know the origin of (PKCE)."""
    asked: list[dict[str, str]] = field(default_factory=list)

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The four addresses of a provider."""
        if path == "/.well-known/openid-configuration":
            names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            endpoints = {f"{name}_endpoint": f"{self.url}/{path}" for name, path in names.items()}
            return 200, {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **endpoints}
        if path == "/token":
            self.asked.append(form)
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).decode().rstrip("=") != self.challenge:
                return 400, {"error": "invalid_grant"}
            said = {"iss": self.url, "aud": self.audience, "exp": 4_000_000_000, **self.claims}
            told = jwt.encode(said, "a key of the provider, which is long enough", algorithm="HS256")
            return 200, {"access_token": "t", "token_type": "Bearer", "id_token": told}
        return 200, self.claims


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    """A provider on this machine, and a site with accounts that knows it."""
    made = Provider(claims={"sub": "42", "email": "bob@example.com", "email_verified": True, "name": "Bob Builder"})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(*made.answer(urlsplit(self.path).path, {}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(*made.answer(urlsplit(self.path).path, {k: v[0] for k, v in parse_qs(body).items()}))

        def _say(self, status: int, answer: dict[str, Any]) -> None:
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    settings.ACCOUNTS = True
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on(
        server_url=made.url, client_id="tierwright", secret="s", name="Example ID"
    ).providers
    cache.clear()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()
    cache.clear()


def begin(client: Client, provider: Provider) -> dict[str, str]:
    """Press the button; what the browser is sent on with."""
    answer = client.post("/accounts/oidc/company/login/?process=login")
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{provider.url}/authorize?")
    sent = {key: value[0] for key, value in parse_qs(urlsplit(answer["Location"]).query).items()}
    provider.challenge = sent["code_challenge"]
    return sent


def log_in(client: Client, provider: Provider) -> Any:
    """The whole way there and back."""
    sent = begin(client, provider)
    return client.get(CALLBACK, {"code": "c", "state": sent["state"]})


def invite(client: Client) -> None:
    """The browser has opened the link of an invitation for bob."""
    owner = User.objects.create_user("alice", "alice@example.com")
    team = Team.objects.create(slug="crew", name="Crew")
    Membership.objects.create(team=team, user=owner, role=Role.OWNER)
    found = Invitation.objects.create(
        team=team, email="bob@example.com", role=Role.EDITOR, token_hash="0" * 64, invited_by=owner,
        expires_at=timezone.now() + timedelta(days=7),
    )  # fmt: skip
    session = client.session
    session[accounts.INVITED] = found.pk
    session.save()


def test_who_was_invited_gets_an_account_and_is_in(client: Client, provider: Provider) -> None:
    invite(client)

    assert log_in(client, provider).status_code == 302

    bob = User.objects.get(email="bob@example.com")
    assert (bob.username, bob.first_name, bob.has_usable_password()) == ("bob", "Bob Builder", False)
    assert SocialAccount.objects.get(user=bob).uid == "42"
    assert client.get("/account/").status_code == 200


def test_a_name_from_there_is_made_fit_to_be_shown(client: Client, provider: Provider) -> None:
    invite(client)
    provider.claims |= {"name": "Bob\u202e\n <b>" + "x" * 200}

    log_in(client, provider)

    assert User.objects.get(email="bob@example.com").first_name == "Bob <b>" + "x" * 73


def test_who_was_not_invited_is_told_so(client: Client, provider: Provider) -> None:
    answer = log_in(client, provider)

    assert "Accounts are made by invitation" in answer.text
    assert not User.objects.exists()
    assert client.get("/account/").status_code == 302


def test_the_invitation_is_for_its_address_here_as_well(client: Client, provider: Provider) -> None:
    invite(client)
    provider.claims |= {"sub": "43", "email": "eve@example.com"}

    answer = log_in(client, provider)

    assert "The invitation is for bob@example.com, but Example ID says that you are eve@example.com." in answer.text
    assert not User.objects.filter(email="eve@example.com").exists()
    assert client.get("/account/").status_code == 302


def test_the_second_time_one_is_the_same_person_whatever_the_address(client: Client, provider: Provider) -> None:
    invite(client)
    log_in(client, provider)
    provider.claims |= {"email": "robert@example.com"}
    other = Client()

    log_in(other, provider)

    assert "@bob" in other.get("/account/").text
    assert User.objects.filter(username__startswith="bob").count() == 1


def test_an_address_alone_opens_no_account_that_is_there(
    client: Client, provider: Provider, settings: Settings
) -> None:
    settings.SIGNUP = True
    bob = User.objects.create_user("bob", "bob@example.com", "a harbour with nine red boats")
    EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)

    log_in(client, provider)

    assert client.get("/account/").status_code == 302
    assert not SocialAccount.objects.exists()


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(client: Client, provider: Provider) -> None:
    sent = begin(client, provider)

    forged = [
        Client().get(CALLBACK, {"code": "c", "state": sent["state"]}),
        client.get(CALLBACK, {"code": "c", "state": "another"}),
    ]

    assert all("The login did not work" in answer.text for answer in forged)
    assert provider.asked == []


def test_a_code_without_its_verifier_is_worth_nothing(client: Client, provider: Provider) -> None:
    sent = begin(client, provider)
    provider.challenge = "of another browser"

    answer = client.get(CALLBACK, {"code": "c", "state": sent["state"]})

    assert "The login did not work" in answer.text
    assert not User.objects.exists()


@pytest.mark.parametrize("odd", [{"aud": "another site"}, {"iss": "https://evil.example"}, {"exp": 1}])
def test_a_token_for_others_or_of_others_is_refused(
    odd: dict[str, Any], client: Client, provider: Provider, settings: Settings
) -> None:
    settings.SIGNUP = True
    provider.claims |= odd

    answer = log_in(client, provider)

    assert "The login did not work" in answer.text
    assert not User.objects.exists()


def test_who_turns_back_there_is_told_the_way(client: Client, provider: Provider) -> None:
    sent = begin(client, provider)

    answer = client.get(CALLBACK, {"error": "access_denied", "state": sent["state"]}, follow=True)

    assert "The login was not finished" in answer.text
