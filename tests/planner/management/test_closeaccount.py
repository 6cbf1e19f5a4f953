"""Somebody who left does not come in any more, by no way; what they said stays."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from planner import tokens
from planner.models import Event, Membership, Role, Team
from tests.planner.logins import log_in, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site_with_accounts(settings: Settings) -> None:
    """Accounts are on."""
    settings.ACCOUNTS = True


def run(email: str = "alice@example.com", **options: bool) -> str:
    """What the command answers."""
    out = StringIO()
    call_command("closeaccount", email, stdout=out, **options)
    return out.getvalue().strip()


def test_no_way_leads_in_any_more(client: Client) -> None:
    alice = somebody()
    _, token = tokens.make(alice, name="pipeline", scopes=["read"])
    log_in(client)

    assert run() == "The account alice is closed; sessions ended: 1."

    assert client.get("/account/").status_code == 302
    log_in(client)
    assert client.get("/account/").status_code == 302
    assert tokens.find(token) is None


def test_its_teams_are_told(client: Client) -> None:
    team = Team.objects.create(slug="crew", name="Crew")
    Membership.objects.create(team=team, user=somebody(), role=Role.EDITOR)

    run()
    run()

    assert [(event.verb, event.data) for event in Event.objects.filter(team=team)] == [
        ("close_account", {"user": "alice"})
    ]


def test_it_is_opened_again(client: Client) -> None:
    somebody()
    run()

    assert run(open=True) == "The account alice is open."

    log_in(client)
    assert client.get("/account/").status_code == 200


def test_an_address_that_nobody_has_is_said() -> None:
    err = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("closeaccount", "nobody@example.com", stderr=err)

    assert ended.value.code == 2
    assert "nobody here has the address nobody@example.com" in err.getvalue()
