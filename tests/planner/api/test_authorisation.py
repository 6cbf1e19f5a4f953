"""Every route of the API, for every kind of person and by every scope: what the table says, and no more."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client

from planner import tokens
from planner.api import api
from planner.models import State
from tests.builders import newspaper
from tests.planner.authorisation import API
from tests.planner.world import ACTORS, SCOPES, SECRET, STATES, World, keep_still, statuses, world
from topology import document

pytestmark = pytest.mark.django_db

API_STATES = {name.replace("_", "-") + "/": state for name, state in STATES.items()}
OPERATIONS = {
    f"{method.upper()} {path.removeprefix('/api/v1')}": operation
    for path, methods in api.get_openapi_schema()["paths"].items()
    for method, operation in methods.items()
}


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    keep_still(monkeypatch, settings)


def test_every_route_of_the_api_is_in_the_table() -> None:
    assert set(OPERATIONS) == set(API)


def body_for(operation: str, made: World) -> Any:
    """What is sent: right, so that only the person or the token can be what is wrong."""
    said = {"digest": made.draft}
    plain = document.to_data(newspaper(notes="x"))
    bodies: dict[str, Any] = {
        "POST /plans/": {"name": "x", "document": plain},
        "PUT /plans/{plan}/document/": {"document": plain, "message": "m"},
        "POST /plans/{plan}/proposals/": {"title": "t"},
        "PATCH /proposals/{pk}/": {"title": "t"},
        "POST /proposals/{pk}/request-changes/": {"note": "four"},
        "POST /proposals/{pk}/approve/": said | {"areas": ["tier:web"]},
        "POST /proposals/{pk}/waive/": {"check": "budget", "evidence": "0" * 64, "reason": "because"},
        "POST /proposals/{pk}/update/": {"choices": {}},
        "POST /proposals/{pk}/accept/": said,
        "POST /proposals/{pk}/break-glass/": said | {"reason": "it burns"},
        "POST /proposals/{pk}/evidence/": {"content_digest": "0" * 64, "report": {}},
        "POST /proposals/{pk}/threads/": {"text": "Hm."},
        "POST /threads/{pk}/comments/": {"text": "Hm."},
        "POST /suggestions/{pk}/apply/": said,
    }
    return bodies.get(operation)


def called(operation: str, made: World, token: str) -> Any:
    """The answer to an operation with a token; what it did is undone."""
    method, _, path = operation.partition(" ")
    names = made.names
    number = (
        names["thread"] if "/threads/{" in path else names["suggestion"] if "/suggestions/" in path else names["pk"]
    )
    url = "/api/v1" + path.format(plan=names["plan"], pk=number)
    headers = {"if-match": f'"{made.head}"'} | ({"authorization": f"Bearer {token}"} if token else {})
    body = body_for(operation, made) if made.head else None
    sent = b"" if body is None else json.dumps(body).encode()
    with transaction.atomic():
        answer = Client(raise_request_exception=False).generic(method, url, sent, "application/json", headers=headers)
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("operation", sorted(API))
def test_a_route_of_the_api_is_for_whom_the_table_says(operation: str) -> None:
    scope, least = API[operation]
    made = world(API_STATES.get(operation.rpartition("/proposals/{pk}/")[2], State.DRAFT))
    wrong = []
    for actor in ACTORS:
        user = made.actors[actor]
        token = "" if user is None else tokens.make(user, name="x", scopes=SCOPES)[1]
        answer = called(operation, made, token)
        if answer.status_code not in ({401} if user is None else statuses(least, actor)):
            wrong.append(f"{actor}: {answer.status_code}, where it takes {least}")
        if actor in ("anonymous", "outsider") and SECRET in answer.text.lower():
            wrong.append(f"{actor} is told what is the team's")
    others = [each for each in SCOPES if each != scope]
    narrow = called(operation, made, tokens.make(made.people.olive, name="narrow", scopes=others)[1])

    assert wrong == []
    assert narrow.status_code == 403
    assert f"this takes {scope}" in narrow.json()["says"]
    assert called(operation, made, "tw_" + "x" * 40).status_code == 401


@pytest.mark.parametrize("path", sorted({operation.partition(" ")[2] for operation in API}))
def test_another_method_of_the_api_is_refused(path: str) -> None:
    names = {"plan": "p", "pk": 1, "thread": 1, "suggestion": 1}
    nothing = World(people=None, actors={}, names=names)  # type: ignore[arg-type]
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        operation = f"{method} {path}"
        assert called(operation, nothing, "").status_code == (401 if operation in API else 405)
