"""The page of checks: what is found, what people say of a site, and what somebody takes on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from planner import checking
from tests.builders import newspaper
from topology import revisions
from topology.models import Plan

pytestmark = pytest.mark.django_db

GOOD: list[dict[str, Any]] = [
    {"name": "web", "servers": {"count": 1, "type": "medium"}, "roles": ["nginx", "gunicorn", "sqlite"]},
]
BAD: list[dict[str, Any]] = [
    {"name": "web", "servers": {"count": 2, "type": "medium"}, "roles": ["nginx", "gunicorn"]},
    {"name": "database", "servers": {"count": 1, "type": "large"}, "roles": ["postgresql"]},
]
"""Two application servers and no cache: the site's settings refuse to be written."""


@pytest.fixture(autouse=True)
def _nobody_asks_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_start", lambda found, *how: None)


def start(tiers: list[dict[str, Any]]) -> Plan:
    return revisions.start(newspaper(tiers=tiers), name="Newspaper", message="first").plan


def words_of(client: Client) -> str:
    answer = client.get(reverse("findings", args=["newspaper"]))
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def take_on(client: Client, plan: Plan, **changes: str) -> Any:
    sent = {
        "parent": revisions.get(plan).digest,
        "check": "files-written",
        "where": changes.get("where") or _where(client),
        "reason": "The cache comes next week.",
        "by": "Ada",
    }
    return client.post(reverse("take_on", args=[plan.slug]), sent | changes)


def _where(client: Client) -> str:
    text = client.get(reverse("findings", args=["newspaper"])).content.decode()
    found = re.search(r'name="check" value="files-written"><input type="hidden" name="where" value="([^"]+)"', text)
    assert found
    return found[1]


def test_says_what_is_found_and_how_to_mend_it(client: Client) -> None:
    start(BAD)

    words = words_of(client)

    assert "2 application servers and no cache" in words
    assert "give one or more servers the role memcached" in words
    assert "Every role can write its files" in words


def test_a_good_plan_has_no_error_and_lists_every_check(client: Client) -> None:
    start(GOOD)

    words = words_of(client)

    assert "No error across its files" in words
    assert "Timeouts grow from the data outwards timeouts-grow-outwards nothing found" in words


def test_what_nobody_said_is_shown_as_such_until_somebody_says_it(client: Client) -> None:
    plan = start(GOOD)
    before = words_of(client)

    sent = {"parent": revisions.get(plan).digest, "newspaper-replaceable": "yes", "newspaper-sessions": "cached_db"}
    client.post(reverse("say", args=[plan.slug, "newspaper"]), sent)

    says = revisions.load(plan).sites[0].says
    assert "nobody said whether a server can be made anew" in before
    assert says is not None
    assert (says.replaceable, says.sessions, says.cache) == (True, "cached_db", None)
    assert "nobody said whether a server can be made anew" not in words_of(client)


def test_an_answer_that_is_no_choice_is_refused(client: Client) -> None:
    plan = start(GOOD)

    sent = {"parent": revisions.get(plan).digest, "newspaper-sessions": "in my head"}
    answer = client.post(reverse("say", args=[plan.slug, "newspaper"]), sent)

    assert answer.status_code == 422
    assert revisions.get(plan).number == 1


def test_a_finding_is_taken_on_with_reason_and_name_as_a_new_revision(client: Client) -> None:
    plan = start(BAD)

    answer = take_on(client, plan)

    words = words_of(client)
    assert answer.status_code == 302
    assert revisions.get(plan).number == 2
    assert "Ada: The cache comes next week." in words
    assert "Taken on" in words


def test_a_waiver_that_is_taken_back_counts_no_more(client: Client) -> None:
    plan = start(BAD)
    where = _where(client)
    take_on(client, plan)

    sent = {"parent": revisions.get(plan).digest, "check": "files-written", "where": where}
    client.post(reverse("take_back", args=[plan.slug]), sent)

    assert revisions.load(plan).waivers == ()
    assert "Taken on" not in words_of(client)


@pytest.mark.parametrize("changes", [{"reason": "no"}, {"by": ""}, {"where": "elsewhere"}, {"parent": "x"}])
def test_a_waiver_that_says_too_little_is_refused(client: Client, changes: dict[str, str]) -> None:
    plan = start(BAD)

    answer = take_on(client, plan, **changes)

    assert answer.status_code == 422
    assert revisions.get(plan).number == 1


def test_a_plan_that_moved_meanwhile_shows_both_versions(client: Client) -> None:
    plan = start(BAD)

    answer = take_on(client, plan, parent="0" * 64)

    assert answer.status_code == 409


def test_two_who_take_the_same_on_at_once_see_both_versions(client: Client) -> None:
    plan = start(BAD)
    sent = {"parent": revisions.get(plan).digest, "where": _where(client)}
    take_on(client, plan, **sent)

    answers = [
        take_on(client, plan, **sent | {"by": "Bob"}),
        client.post(reverse("say", args=[plan.slug, "newspaper"]), {**sent, "newspaper-cache": "shared"}),
    ]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert "Two versions" in answers[0].content.decode()
    assert [waiver.by for waiver in revisions.load(plan).waivers] == ["Ada"]


def test_the_bundle_is_given_out_only_without_errors(client: Client) -> None:
    plan = start(BAD)

    shown = client.get(reverse("bundle", args=[plan.slug]))

    assert "Download .zip" not in shown.content.decode()


def test_what_is_taken_on_already_is_not_taken_on_twice(client: Client) -> None:
    plan = start(BAD)
    sent = {"where": _where(client)}
    take_on(client, plan, **sent)

    answer = client.post(
        reverse("take_on", args=[plan.slug]),
        {"parent": revisions.get(plan).digest, "check": "files-written", "reason": "Once more.", "by": "Bob"} | sent,
    )

    assert answer.status_code == 422
    assert len(revisions.load(plan).waivers) == 1


def test_a_waiver_that_fits_nothing_can_be_taken_back_on_the_page(client: Client) -> None:
    waiver = {"check": "no-such-check", "where": "web9 nginx", "reason": "It was so once.", "by": "Ada"}
    plan = revisions.start(newspaper(tiers=GOOD, waivers=[waiver]), name="Newspaper", message="first").plan
    page = client.get(reverse("findings", args=[plan.slug])).content.decode()

    sent = {"parent": revisions.get(plan).digest, "check": "no-such-check", "where": "web9 nginx"}
    answer = client.post(reverse("take_back", args=[plan.slug]), sent)

    assert "A waiver of no-such-check" in page
    assert reverse("take_back", args=[plan.slug]) in page
    assert answer.status_code == 302
    assert revisions.load(plan).waivers == ()


@pytest.mark.parametrize("parent", ["", "\0", "0" * 64])
def test_what_is_said_on_top_of_no_known_revision_shows_both_versions(client: Client, parent: str) -> None:
    plan = start(GOOD)

    answer = client.post(reverse("say", args=[plan.slug, "newspaper"]), {"parent": parent, "newspaper-cache": "shared"})

    assert answer.status_code == 409
    assert revisions.get(plan).number == 1
