"""What was typed in the editor and not saved is there when the person comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from planner.models import Autosave
from tests.builders import newspaper
from topology import document, revisions
from topology.models import Plan

pytestmark = pytest.mark.django_db
ADDRESS = "/plans/newspaper/editor/"


@pytest.fixture(autouse=True)
def plan() -> str:
    """The newspaper; its head's digest."""
    return revisions.start(newspaper(), name="The newspaper", message="First").digest


def form(parent: str, **more: Any) -> dict[str, Any]:
    """The form of the head, with a third web server typed in."""
    draft = json.dumps(document.to_data(newspaper()))
    return {"draft": draft, "parent": parent, "tier.0.count": "3", "act": "preview", **more}


def test_what_was_left_is_offered_and_taken_up(plan: str, client: Client) -> None:
    client.post(ADDRESS, form(plan))

    assert "did not save it" in client.get(ADDRESS).text
    taken_up = client.get(f"{ADDRESS}?unsaved")
    assert 'value="3"' in taken_up.text
    assert f'value="{plan}"' in taken_up.text


def test_what_is_saved_is_no_longer_offered(plan: str, client: Client) -> None:
    client.post(ADDRESS, form(plan))
    client.post(ADDRESS, form(plan, act="save"))

    assert not Autosave.objects.exists()
    assert "did not save it" not in client.get(ADDRESS).text


def test_what_changes_nothing_is_not_kept(plan: str, client: Client) -> None:
    client.post(ADDRESS, form(plan))
    client.post(ADDRESS, form(plan, **{"tier.0.count": "2"}))

    assert not Autosave.objects.exists()


def test_it_may_be_thrown_away(plan: str, client: Client) -> None:
    client.post(ADDRESS, form(plan))

    client.post(f"{ADDRESS}forget/")

    assert not Autosave.objects.exists()


def test_where_others_saved_meanwhile_both_are_shown(plan: str, client: Client) -> None:
    client.post(ADDRESS, form(plan))
    first = revisions.get(Plan.objects.get())
    revisions.record(first.plan, newspaper(notes="theirs"), parent_digest=plan, message="Theirs")

    assert "by others since" in client.get(ADDRESS).text
    assert client.post(ADDRESS, form(plan, act="save")).status_code == 409
    assert Autosave.objects.exists()  # until one of the two stays, nothing is forgotten
