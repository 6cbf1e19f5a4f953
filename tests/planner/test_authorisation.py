"""Every address, by every method, for every kind of person: what the table of `authorisation.py` says, and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from planner.models import State
from planner.review import discussion
from tests.builders import newspaper
from tests.planner.authorisation import ACCOUNTS_OF_OTHERS, TABLE
from tests.planner.world import ACTORS, PASSED, SECRET, STATES, World, keep_still, statuses, world
from topology import document

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Sent = Mapping[str, Any]


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    keep_still(monkeypatch, settings)


# --- What is sent -----------------------------------------------------------------------------------------------------


def form_for(name: str, made: World) -> Sent:
    """A form that is right, so that only the person can be what is wrong."""
    head = {"parent": made.head}
    message = {"message": "m"}
    forms: dict[str, Sent] = {
        "restore": head,
        "keep": head | message | {"document": document.canonical(newspaper()).decode()},
        "editor": head | {"act": "save", "draft": json.dumps(document.to_data(newspaper(notes="x")))},
        "take_stage": head,
        "take_resize": head,
        "keep_forecast": head | {"asked": "web.count=4"},
        "cheapest_again": {"asked": CHEAPEST},
        "cheapest_take": head | {"inquiry": "d" * 64, "key": "1"},
        "cheapest_stop": {"asked": CHEAPEST},
        "simulated_again": {"asked": "seed=1"},
        "take_on": head | {"check": "x", "where": "y", "reason": "because it is so", "by": "me"},
        "take_back": head | {"check": "x", "where": "y"},
        "say": head,
        "plan_numbers": NUMBERS,
        "plan_reading": NAMES,
        "shares": {"kind": "read", "days": "7"},
        "share": {"name": "Guest", "text": "Hello"},
        "propose": {"source": "plan", "title": "t", "why": ""},
        "approve": {"digest": made.draft, "area": ["tier:web"]},
        "accept": {"digest": made.draft},
        "break_glass": {"digest": made.draft, "reason": "it burns"},
        "waive_check": {"check": "budget", "evidence": "0" * 64, "reason": "because"},
        "edit_words": {"title": "t", "why": "w"},
        "request_changes": {"note": "four"},
        "discussion": {"text": "Hm.", "anchor": ""},
        "discussion_preview": {"text": "Hm."},
        "thread_reply": {"text": "Hm."},
        "comment_edit": {"text": "Five.", "seen": discussion.digest_of("Four.")},
        "suggestion_apply": {"digest": made.draft},
        "tokens": {"name": "x", "scopes": ["read"], "days": "7"},
        "teams": {"name": "Mine"},
        "account": {"first_name": "Somebody"},
        "change_team": {"name": "n", "lead_days": "3"},
        "change_role": {"role": "viewer"},
        "invite": {"email": "new@example.com", "role": "viewer"},
        "add_rule": {"area": "*", "number": "1", "least_role": "approver"},
        "webhooks": {"url": "https://example.com/other"},
        "webhook_change": {"act": "off"},
        "presence": {"doing": "reading"},
    }
    return forms.get(name, {})


CHEAPEST = "p95=500&availability=99.9&headroom=30&refused=0&types=built-in"
NAMES = {"name": "x", "domain": "www.example.com"}
NUMBERS = {"peak": "5", "page_share": "30", "busy": "", "cores": "", "database_gib": "1", "media_gib": "5"} | NAMES


# --- Every address ----------------------------------------------------------------------------------------------------


def routes(patterns: list[Any], space: str = "", before: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """Every address: its name, its route and its pattern."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space, route)
        else:
            yield f"{space}{pattern.name}" if pattern.name else route, route, pattern


ROUTES = {name: pattern for name, _, pattern in routes(get_resolver().url_patterns)}
PLACES = {name: route for name, route, _ in routes(get_resolver().url_patterns)}
OF_API = {name for name, route in PLACES.items() if route.startswith("api/v1/")}
MOVED = {name for name, pattern in ROUTES.items() if pattern.name is None}
"""Addresses without a name: the library's own, which lead on to others."""


def test_every_address_is_in_the_table() -> None:
    known = set(TABLE) | set(ACCOUNTS_OF_OTHERS)
    listed = set(PLACES) - OF_API - MOVED

    assert listed - known == set(), "say in tests/planner/authorisation.py who may look and who may act there"
    assert known - listed == set(), "these addresses are gone; take them out of the table"
    assert all(PLACES[name].startswith("accounts/social/") for name in MOVED)


def parameters_of(name: str) -> list[str]:
    """The parameters in an address."""
    return re.findall(r"<(?:\w+:)?(\w+)>", PLACES[name])


def address(name: str, made: World) -> str:
    """The address of a name, with what the world has in the place of its parameters."""
    wanted = parameters_of(name)
    special = made.names.get(name)
    values = {**made.names, **(special if isinstance(special, dict) else {})}
    return reverse(name, kwargs={key: values[key] for key in wanted})


# --- What is expected -------------------------------------------------------------------------------------------------


def expected(takes: str | None, actor: str, method: str, *, open_to_all: bool) -> Callable[[int, str], bool]:
    """Whether a status, and the address that it leads to, is what the table says."""
    if takes == "public" or (takes == "invited" and actor == "anonymous"):
        return lambda status, to: status in PASSED
    if actor == "anonymous" and not open_to_all:
        if method in ("GET", "HEAD"):
            return lambda status, to: status == 302 and to.startswith("/accounts/login/")
        return lambda status, to: status == 403
    if takes is None:
        return lambda status, to: status == 405 or (actor == "outsider" and status == 404)
    wanted = statuses(takes, actor)
    return lambda status, to: status in wanted and not to.startswith("/accounts/login/")


def client_of(user: User | None) -> Client:
    """A browser of the person's."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend=BACKEND)
    return client


@pytest.mark.parametrize("name", sorted(TABLE))
def test_an_address_is_for_whom_the_table_says(name: str) -> None:
    made = world(STATES.get(name, State.DRAFT))
    look, act = TABLE[name]
    url = address(name, made)
    wrong = []
    for actor in ACTORS:
        client = client_of(made.actors[actor])
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            takes = look if method in ("GET", "HEAD") else act if method == "POST" else None
            sent = form_for(name, made) if method == "POST" else {}
            with transaction.atomic():
                answer = getattr(client, method.lower())(url, sent)
                transaction.set_rollback(True)
            is_so = expected(takes, actor, method, open_to_all=look == "public")
            if not is_so(answer.status_code, answer.get("Location", "")):
                wrong.append(f"{method} by {actor}: {answer.status_code}, where it takes {takes}")
            if _tells(name, actor, answer):
                wrong.append(f"{method} by {actor} tells what is the team's")
            if answer.status_code == 403 and not _says_why(answer):
                wrong.append(f"{method} by {actor} is refused without a sentence")
            if answer.streaming:
                b"".join(answer.streaming_content)

    assert wrong == []


def _tells(name: str, actor: str, answer: Any) -> bool:
    """Whether somebody outside reads what is the team's; links that were given away are for that."""
    outside = actor in ("anonymous", "outsider") and name not in ("share", "embed", "invitation")
    return outside and not answer.streaming and SECRET in answer.content.decode(errors="replace").lower()


def _says_why(answer: Any) -> bool:
    text = answer.content.decode()
    return "problem" in text or "note-error" in text or "alert" in text


def test_what_the_api_is_tells_nothing_of_anybody() -> None:
    world(State.DRAFT)
    described = Client().get("/api/v1/openapi.json")

    assert described.status_code == 200
    assert SECRET not in described.text
    assert Client().get("/api/v1/").status_code == 404


@pytest.mark.parametrize("name", sorted(ACCOUNTS_OF_OTHERS))
def test_an_address_about_ones_account_needs_a_login(name: str) -> None:
    client = Client()
    values = {"pk": 1, "key": "x", "uidb36": "1", "provider_id": "none"}
    url = reverse(name, kwargs={key: values[key] for key in parameters_of(name)})

    for method in ("get", "head", "post", "put", "patch", "delete"):
        answer = getattr(client, method)(url)
        assert answer.status_code < 500
        if ACCOUNTS_OF_OTHERS[name] == "person":
            assert answer.status_code in (302, 401, 403, 405), f"{method}: {answer.status_code}"
            assert answer.status_code != 302 or "/login/" in answer["Location"]
