"""Tokens: found while they are alive, kept as a hash alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from planner import tokens
from planner.models import ApiToken
from planner.review import Refused
from tests.cast import person

pytestmark = pytest.mark.django_db


def test_a_token_is_found_by_its_text_and_not_kept() -> None:
    row, text = tokens.make(person("alice"), name="pipeline", scopes=["read", "write"])

    assert tokens.find(text) == row
    assert text not in str(ApiToken.objects.values())


@pytest.mark.parametrize("text", ["", "tw_", "tw_x", "x" * 10_000, "tw_\x00"])
def test_what_is_no_token_is_not_found(text: str) -> None:
    assert tokens.find(text) is None


def test_a_token_ends() -> None:
    row, text = tokens.make(person("alice"), name="pipeline", scopes=["read"], days=7)
    ApiToken.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert tokens.find(text) is None


def test_a_revoked_token_is_not_found() -> None:
    alice = person("alice")
    row, text = tokens.make(alice, name="pipeline", scopes=["read"])

    assert tokens.revoke(alice, row.pk)
    assert tokens.find(text) is None


def test_nobody_revokes_the_token_of_another() -> None:
    row, text = tokens.make(person("alice"), name="pipeline", scopes=["read"])

    assert not tokens.revoke(person("bob"), row.pk)
    assert tokens.find(text) == row


def test_a_token_of_somebody_who_left_is_not_found() -> None:
    alice = person("alice")
    _, text = tokens.make(alice, name="pipeline", scopes=["read"])
    alice.is_active = False
    alice.save()

    assert tokens.find(text) is None


@pytest.mark.parametrize(("name", "scopes"), [("", ["read"]), ("pipeline", []), ("pipeline", ["root"])])
def test_a_token_needs_a_name_and_a_purpose(name: str, scopes: list[str]) -> None:
    with pytest.raises(Refused):
        tokens.make(person("alice"), name=name, scopes=scopes)
