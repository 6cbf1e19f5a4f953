"""The audit of a team as a page and as files."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.conf import LazySettings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from planner import audit
from planner.models import Team
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db

SAID = {"digest": "a" * 64, "areas": ["tier:web", "plan"], "blocking": True, "rows": [{"kind": "revision", "id": 77}]}


@pytest.fixture
def paper(settings: LazySettings) -> Cast:
    """The cast, with a few things done."""
    settings.ACCOUNTS = True
    made = cast()
    audit.write(made.team, made.alice, "edit", plan=made.plan, data=SAID)
    audit.write(made.team, made.carol, "approve", plan=made.plan, data={"note": "=1+1 <b>"})
    audit.write(made.team, "guest Zoë", "comment", plan=made.plan)
    return made


@pytest.fixture
def viewer(paper: Cast, client: Client) -> Client:
    """Vera's browser."""
    client.force_login(paper.vera, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_newest_event_comes_first(viewer: Client) -> None:
    text = viewer.get("/team/paper/audit/").text

    assert text.index("guest Zoë") < text.index("=1+1 &lt;b&gt;") < text.index("areas: tier:web, plan")
    assert "aaaaaaaaaa;" in text
    assert "a" * 64 not in text
    assert "blocking: yes" in text
    assert "id 77" not in text  # what machines check is in the files
    assert json.loads(viewer.get("/team/paper/audit/?verb=edit&format=json").content)[0]["data"] == SAID


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("who=alice", [1]),
        ("verb=approve", [2]),
        ("plan=newspaper", [3, 2, 1]),
        ("plan=other", []),
        ("before=3", [2, 1]),
    ],
)
def test_a_filter_goes_for_the_files_too(query: str, numbers: list[int], viewer: Client) -> None:
    found = json.loads(viewer.get(f"/team/paper/audit/?{query}&format=json").content)

    assert [item["number"] for item in found] == numbers


def test_a_spreadsheet_runs_nothing_of_it(viewer: Client) -> None:
    answer = viewer.get("/team/paper/audit/?format=csv")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
    assert [row["actor"] for row in rows] == ["guest Zoë", "carol", "alice"]
    assert all(row["hash"] for row in rows)
    assert 'filename="audit-paper.csv"' in answer["Content-Disposition"]


def test_it_is_paged_and_asks_the_database_as_often_for_many(
    paper: Cast, viewer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(120):
        audit.write(paper.team, paper.alice, "edit", data={"n": number})

    with django_assert_max_num_queries(12):
        first = viewer.get("/team/paper/audit/").text
    last = viewer.get("/team/paper/audit/?before=24").text

    assert first.count("<tr>") == 51
    assert "?before=74" in first
    assert last.count("<tr>") == 24
    assert "The newest" in last


@pytest.mark.parametrize("query", ["before=x", "before=0", "who=%00", "verb=" + "x" * 200])
def test_a_filter_that_makes_no_sense_is_said_so(query: str, viewer: Client) -> None:
    answer = viewer.get(f"/team/paper/audit/?{query}")

    assert answer.status_code == 422
    assert "This filter is not understood." in answer.text


def test_another_team_has_its_own(paper: Cast, viewer: Client) -> None:
    other = Team.objects.create(slug="other", name="Other")
    audit.write(other, paper.charlie, "make_team")

    assert viewer.get("/team/other/audit/").status_code == 404
    assert "charlie" not in viewer.get("/team/paper/audit/").text
