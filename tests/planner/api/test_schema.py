"""Whatever is sent to the API: no fault of ours, and every status is one that the description names."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from planner import tokens
from planner.models import Proposal, Suggestion, Thread
from planner.review import actions, discussion
from planner.wsgi import application
from tests.builders import newspaper
from tests.cast import Cast, cast
from topology.merging import edits_between

pytestmark = pytest.mark.django_db

CASES = int(os.environ.get("API_CASES", "3"))
"""Requests for each operation, each mode and each kind of path; `bin/evidence 4 --only api_cases` sends far more."""
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance, content_type_conformance]
CONFIG = SchemathesisConfig(
    projects=ProjectsConfig(default=ProjectConfig(generation=GenerationConfig(with_security_parameters=False)))
)
"""The test's own token is sent; made-up ones would get no further than the door."""
PATH = "/api/v1/openapi.json"
OPERATIONS = 18
"""At least so many are tried: a test that finds none would pass. Some take nothing that could be wrong."""


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests of the bare application leave the test's connection open, as those of Django's own client do."""
    ended = (request_started, request_finished)
    for signal in ended:
        signal.disconnect(close_old_connections)
    yield
    for signal in ended:
        signal.connect(close_old_connections)


@pytest.fixture
def people(settings: Any) -> Cast:
    """The cast, on a site with accounts and without a limit that would end the test."""
    settings.ACCOUNTS = True
    settings.API_REQUESTS_PER_MINUTE = 10_000_000
    return cast()


@pytest.fixture
def there(people: Cast) -> Mapping[str, Any]:
    """What a path may name that is there: by the operation's tag and parameter."""
    changed = newspaper(notes="x")
    proposal = actions.propose(people.alice, people.plan, title="More", design=changed, message="More")
    actions.open_review(people.alice, proposal)
    edits = edits_between(changed, newspaper(notes="y"))
    thread = discussion.start_thread(people.carol, proposal, anchor="", text="Why not y?", edits=edits)
    return {
        "/proposals/{pk}": proposal.pk,
        "/threads/{pk}": thread.pk,
        "/suggestions/{pk}": Suggestion.objects.get().pk,
        "/plans/{plan}": people.plan.slug,
    }


def known(path: str, there: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of the path that lead to something."""
    values = [value for start, value in there.items() if start in path]
    name = "plan" if "{plan}" in path else "pk"
    return {name: values[0]} if values and f"{{{name}}}" in path else {}


def operations() -> Iterator[Any]:
    """Every operation of the description."""
    for found in schemathesis.openapi.from_wsgi(PATH, application, config=CONFIG).get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode), ids=str)
@pytest.mark.parametrize("real", [True, False], ids=["what is there", "anything"])
def test_no_request_finds_a_fault(real: bool, mode: GenerationMode, people: Cast, there: Mapping[str, Any]) -> None:
    _, token = tokens.make(people.olive, name="test", scopes=list(tokens.SCOPES))
    headers = {"Authorization": f"Bearer {token}"}
    answers: Counter[int] = Counter()
    tried = 0
    for operation in operations():
        path = known(operation.path, there) if real else {}
        found = try_out(operation, mode, path, headers)
        tried += bool(found)
        answers.update(found)

    print(f"{sum(answers.values())} requests:", dict(sorted(answers.items())))
    assert tried >= OPERATIONS
    assert 401 not in answers
    assert mode == GenerationMode.NEGATIVE or answers[200] > 0
    assert Proposal.objects.exists()
    assert Thread.objects.exists()


def try_out(operation: Any, mode: GenerationMode, path: dict[str, Any], headers: dict[str, str]) -> list[int]:
    """Send cases of one operation; the statuses of the answers."""
    answers: list[int] = []
    strategy = operation.as_strategy(generation_mode=mode, path_parameters=path or None)

    @hypothesis.settings(
        max_examples=CASES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @hypothesis.given(case=strategy)
    def send(case: Any) -> None:
        answers.append(case.call_and_validate(headers=headers, checks=CHECKS).status_code)

    with suppress(hypothesis.errors.Unsatisfiable):  # an operation without input has nothing that could be wrong
        send()
    return answers
