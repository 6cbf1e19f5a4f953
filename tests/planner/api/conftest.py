"""What the tests of the API lean on: the cast, and a client with anybody's token."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from planner import tokens
from tests.cast import Cast, cast

ALL = ("read", "comment", "write", "approve")


class Caller:
    """Somebody who calls the API with a token of theirs."""

    def __init__(self, user: User, scopes: tuple[str, ...] = ALL) -> None:
        _, text = tokens.make(user, name="test", scopes=scopes)
        self._client = Client(headers={"Authorization": f"Bearer {text}"})

    def __call__(self, method: str, path: str, sent: Any = None, **headers: str) -> Any:
        """The answer; `headers` as Django's test client names them, such as `if_match`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = b"" if sent is None else json.dumps(sent).encode()
        return self._client.generic(method, f"/api/v1{path}", body, "application/json", headers=named)


@pytest.fixture
def people(db: None) -> Cast:
    """The cast and its plan."""
    return cast()


@pytest.fixture
def caller() -> Callable[..., Caller]:
    """Makes a caller of somebody."""
    return Caller


def read(answer: HttpResponse) -> Any:
    """What an answer says."""
    return json.loads(answer.content)
