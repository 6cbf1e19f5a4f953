"""How often a page asks the database: few times, and as often for thirty rows as for three."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from planner import processes
from tests.planner.crowd import Crowd, crowd

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

KEPT = Path(__file__).with_name("query_counts.json")
"""Name of a page -> how often it asks, session and person included. UPDATE_QUERY_COUNTS=1 writes it anew."""
MOST = 15
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
"""What begins and ends a transaction asks for no rows."""
FEW, MANY = 3, 30
OF_NOTHING = ("start", "queue", "notices", "teams", "tokens", "account", "compare", "intake")
OF_TEAM = ("team", "audit", "webhooks")
OF_PROPOSAL = (
    "proposal", "proposal_diagram", "proposal_changes", "proposal_configs", "proposal_checks", "proposal_history",
    "proposal_paper", "discussion", "edit_words",
)  # fmt: skip
OF_PLAN = (
    "plan", "proposals", "propose", "stages", "editor", "forecast", "findings", "bundle", "shares", "cheapest",
    "simulated",
)  # fmt: skip
OF_API = ("plans/", "proposals/", "proposals/?state=all")
Counts = Mapping[str, int]


@pytest.fixture
def site(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site with accounts, as a team has it, without the programs that it starts beside its pages."""
    monkeypatch.setattr(processes, "start", lambda *command, **more: None)
    settings.ACCOUNTS = True
    settings.API_REQUESTS_PER_MINUTE = 100_000


def addresses(found: Crowd) -> Iterator[tuple[str, str]]:
    """Every page that lists rows or shows a proposal: its name and address."""
    team, pk, draft = found.people.team.slug, found.proposal.pk, found.proposal.draft.slug
    plan = found.people.plan.slug
    yield from ((name, reverse(name)) for name in OF_NOTHING)
    yield from ((name, reverse(name, args=[team])) for name in OF_TEAM)
    yield from ((name, reverse(name, args=[pk])) for name in OF_PROPOSAL)
    yield from ((f"{name} of an accepted one", reverse(name, args=[found.accepted.pk])) for name in OF_PROPOSAL)
    yield from ((name, reverse(name, args=[plan])) for name in OF_PLAN)
    yield from ((f"{name} of a draft", reverse(name, args=[draft])) for name in OF_PLAN)
    yield "revision", reverse("revision", args=[draft, 3])
    yield "two proposals compared", f"{reverse('compare')}?proposal={pk}&proposal={found.accepted.pk}"
    yield "proposal_changes of two revisions", f"{reverse('proposal_changes', args=[pk])}?from=2&to=4"
    yield "resolved threads", f"{reverse('discussion', args=[pk])}?show=resolved"
    yield "the queue as a file", f"{reverse('queue')}?format=csv"
    yield "the audit as a file", f"{reverse('audit', args=[team])}?format=csv"


def counted(found: Crowd) -> Counts:
    """How often each page asks, for an owner who has been there before."""
    return dict(_pages(found)) | dict(_doors(found))


def _pages(found: Crowd) -> Iterator[tuple[str, int]]:
    browser = Client()
    browser.force_login(found.people.olive, backend="allauth.account.auth_backends.AuthenticationBackend")
    for name, address in addresses(found):
        yield name, _count(name, lambda address=address: browser.get(address).status_code)  # type: ignore[misc]


def _doors(found: Crowd) -> Iterator[tuple[str, int]]:
    """The API and what somebody sees who has a link."""
    bearer = {"Authorization": f"Bearer {found.token}"}
    client = Client()
    pk, plan = found.proposal.pk, found.people.plan.slug
    ways = (
        *OF_API,
        f"proposals/{pk}/",
        f"proposals/{pk}/threads/",
        f"proposals/{pk}/standing/",
        f"plans/{plan}/revisions/",
    )
    for way in ways:
        name = f"api {way.replace(str(pk), 'N')}"
        yield name, _count(name, lambda way=way: client.get(f"/api/v1/{way}", headers=bearer).status_code)  # type: ignore[misc]
    yield "share", _count("share", lambda: client.get(reverse("share", args=[found.link])).status_code)


def _count(name: str, ask: Callable[[], int]) -> int:
    """Questions of the second look: the first one works out what is kept."""
    got = ask()
    assert got == 200, (name, got)
    with CaptureQueriesContext(connection) as asked:
        ask()
    said = [query["sql"] for query in asked.captured_queries if not query["sql"].startswith(TRANSACTION)]
    return len(said)


@pytest.mark.parametrize("size", [FEW, MANY])
def test_pages_ask_as_often_as_is_written_down_however_many_rows_there_are(size: int, site: None) -> None:
    found = counted(crowd(size))
    if os.environ.get("UPDATE_QUERY_COUNTS"):
        KEPT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")

    assert found == json.loads(KEPT.read_text(encoding="utf-8"))


def test_no_page_asks_often() -> None:
    kept: dict[str, int] = json.loads(KEPT.read_text(encoding="utf-8"))

    assert {name: count for name, count in kept.items() if count > MOST} == {}
