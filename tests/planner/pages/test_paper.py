"""The decision paper: one page for the person who pays, that invents nothing."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from planner import plans
from planner.models import Proposal
from planner.people import local_person
from planner.review import actions
from tests.builders import newspaper
from tests.cast import cast, proposal_at
from tests.planner.pages.test_forecast import TIERS, WORKLOAD

pytestmark = pytest.mark.django_db


def propose(*, before: dict[str, Any] | None = None, title: str = "Two more web servers", **changes: Any) -> Proposal:
    base = {"workload": WORKLOAD, "tiers": TIERS, "promise": {"p95_ms": 300, "headroom": 0.4}, **(before or {})}
    plan = plans.start(local_person(), newspaper(**base), name="Newspaper", message="first").plan
    larger = [TIERS[0] | {"servers": {"count": 4, "type": "medium"}}, TIERS[1]]
    return actions.propose(local_person(), plan, title=title, design=newspaper(**{**base, "tiers": larger, **changes}))


def words_of(client: Client, proposal: Proposal) -> str:
    answer = client.get(f"/proposals/{proposal.pk}/print/")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_it_says_what_changes_and_what_that_costs(client: Client) -> None:
    words = words_of(client, propose())

    assert "+2 web: " in words
    assert re.search(r"A month 447 670 \+223 A year 5,361 8,042 \+2,681", words)
    assert "USD Today As proposed Difference" in words


def test_its_five_figures_have_their_ranges(client: Client) -> None:
    words = words_of(client, propose())

    assert re.search(r"Carries [\d,]+ \([\d,]+–[\d,]+\) requests/s [\d,]+ \([\d,]+–[\d,]+\) requests/s better", words)
    assert "Carries without any one server stops for 50 % of requests, with one of database dead" in words


def test_it_says_what_doing_nothing_means_and_until_when_to_decide(client: Client) -> None:
    words = words_of(client, propose())

    assert "If nothing is done, " in words
    assert re.search(r"That is [A-Z][a-z]+ \d{4} , between [A-Z][a-z]+ \d{4} and [A-Z][a-z]+ \d{4}", words)
    assert re.search(r"Decide by \d+ [A-Z][a-z]+ \d{4}", words)


def test_the_author_s_day_counts_where_it_is_earlier(client: Client) -> None:
    proposal = propose()
    day = timezone.localdate() + timedelta(days=3)
    Proposal.objects.filter(pk=proposal.pk).update(decide_by=day)

    words = words_of(client, proposal)

    assert f"Decide by {day.day} {day:%B} {day.year}" in words
    assert "The day that the author asks for." in words


def test_it_names_the_weakest_of_what_it_rests_on(client: Client) -> None:
    words = words_of(client, propose())

    assert "of the answer rests on guesses. The weakest inputs:" in words
    assert "how often servers stop and how long repair takes: guesses, in every availability" in words


def test_without_a_workload_there_is_no_figure(client: Client) -> None:
    words = words_of(client, propose(before={"workload": None}))

    assert "There are no figures: nobody says what is asked of its sites." in words
    assert "Nothing is in sight" in words
    assert "No day to decide by follows from the figures." in words


def test_who_said_yes_stands_on_it(client: Client, settings: Any) -> None:
    settings.ACCOUNTS = True
    people = cast()
    proposal = proposal_at("approved", people)
    client.force_login(people.alice)

    words = words_of(client, proposal)

    assert "Carol" in words
    assert "Nobody yet." not in words


def test_nobody_yet_is_said(client: Client) -> None:
    words = words_of(client, propose())

    assert "Nobody yet." in words
    assert "Missing:" in words


def test_what_is_decided_asks_for_no_day(client: Client) -> None:
    proposal = propose()
    actions.withdraw(local_person(), proposal)

    words = words_of(client, proposal)

    assert "withdrawn" in words
    assert "ecide by" not in words


def test_text_of_people_stays_text(client: Client) -> None:
    proposal = propose(title="<script>alert(1)</script>")
    Proposal.objects.filter(pk=proposal.pk).update(why="<img src=x onerror=alert(1)> because")

    text = client.get(f"/proposals/{proposal.pk}/print/").content.decode()

    assert "<script>alert" not in text
    assert "<img" not in text
    assert "because" in text


def test_the_figures_are_a_file_too(client: Client) -> None:
    proposal = propose()

    answer = client.get(f"/proposals/{proposal.pk}/print/?format=csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[0] == ["figure", "unit", "before", "after", "better"]
    assert [row[0] for row in rows[1:3]] == ["Carries", "95 % answered within"]


def test_there_is_none_of_what_is_not_there(client: Client) -> None:
    assert client.get("/proposals/999/print/").status_code == 404


def test_the_paper_asks_the_database_little(client: Client, django_assert_max_num_queries: Any) -> None:
    proposal = propose()
    words_of(client, proposal)

    with django_assert_max_num_queries(15):
        words_of(client, proposal)
