"""Logging in, as the tests do it: somebody with a password, and what an authenticator app shows."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

PASSWORD = "a harbour with nine red boats"


def somebody(handle: str = "alice") -> User:
    """Somebody with a password and a confirmed address."""
    user = User.objects.create_user(handle, f"{handle}@example.com", PASSWORD, first_name=handle.title())
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def log_in(client: Client, password: str = PASSWORD, email: str = "alice@example.com", onward: str = "") -> Any:
    """The answer to the form of the login."""
    return client.post("/accounts/login/", {"login": email, "password": password, "next": onward})


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
    return somebody()
