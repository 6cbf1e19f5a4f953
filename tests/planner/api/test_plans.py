"""Plans over the API: seen by their team, saved by the digest that was seen, refused in one form."""

from __future__ import annotations

import pytest

from planner.models import IdempotencyKey
from tests.builders import newspaper
from tests.cast import Cast
from tests.planner.api.conftest import Caller, read
from topology import document, revisions
from topology.models import Plan

DOCUMENT = document.to_data(newspaper(notes="changed"))


def test_without_a_token_nobody_gets_in(people: Cast, client: object) -> None:
    answer = Caller(people.alice)._client.__class__().get("/api/v1/plans/")

    assert answer.status_code == 401
    assert "Bearer" in answer["WWW-Authenticate"]


def test_a_member_sees_the_plans_of_the_team(people: Cast) -> None:
    [plan] = read(Caller(people.vera)("GET", "/plans/"))

    assert (plan["slug"], plan["team"], plan["digest"]) == ("newspaper", "paper", people.revision.digest)


def test_an_outsider_sees_none(people: Cast) -> None:
    stranger = Caller(people.charlie)

    assert read(stranger("GET", "/plans/")) == []
    assert stranger("GET", "/plans/newspaper/document/").status_code == 404


def test_a_token_does_what_it_is_for_alone(people: Cast) -> None:
    answer = Caller(people.alice, ("read",))(
        "PUT", "/plans/newspaper/document/", {"document": DOCUMENT, "message": "x"}
    )

    assert answer.status_code == 403
    assert read(answer)["says"] == "this token is for read; this takes write"


def test_a_token_lets_nobody_do_what_they_may_not(people: Cast) -> None:
    answer = Caller(people.bob)(
        "PUT", "/plans/newspaper/document/", {"document": DOCUMENT, "message": "x"}, if_match=people.revision.digest
    )

    assert answer.status_code == 403
    assert "takes the role editor" in read(answer)["says"]


def test_the_document_comes_with_its_digest(people: Cast) -> None:
    answer = Caller(people.alice)("GET", "/plans/newspaper/document/")

    assert answer["ETag"] == f'"{people.revision.digest}"'
    assert read(answer)["name"] == "newspaper"


def test_a_save_names_what_it_has_seen(people: Cast) -> None:
    alice = Caller(people.alice)
    sent = {"document": DOCUMENT, "message": "Change the notes"}

    assert alice("PUT", "/plans/newspaper/document/", sent).status_code == 428
    saved = alice("PUT", "/plans/newspaper/document/", sent, if_match=f'"{people.revision.digest}"')

    assert (saved.status_code, read(saved)["number"], read(saved)["author"]) == (200, 2, "alice")


def test_whoever_comes_second_gets_both_versions(people: Cast) -> None:
    alice, seen = Caller(people.alice), people.revision.digest
    alice("PUT", "/plans/newspaper/document/", {"document": DOCUMENT, "message": "One"}, if_match=seen)
    other = document.to_data(newspaper(notes="other"))

    answer = Caller(people.olive)(
        "PUT", "/plans/newspaper/document/", {"document": other, "message": "Two"}, if_match=seen
    )

    both = read(answer)
    assert answer.status_code == 412
    assert (both["theirs"]["notes"], both["mine"]["notes"]) == ("changed", "other")
    assert both["theirs_digest"] == revisions.get(people.plan).digest


@pytest.mark.parametrize("match", ["*", "x", '"abc", "def"', '"' + "z" * 70 + '"'])
def test_what_names_no_digest_is_refused(match: str, people: Cast) -> None:
    answer = Caller(people.alice)(
        "PUT", "/plans/newspaper/document/", {"document": DOCUMENT, "message": "x"}, if_match=match
    )

    assert answer.status_code == 400


def test_a_document_with_a_mistake_is_refused_with_its_place(people: Cast) -> None:
    wrong = {**DOCUMENT, "tiers": [{"name": "web", "servers": {"count": 2, "type": "medium"}, "rolls": []}]}

    answer = Caller(people.alice)(
        "PUT", "/plans/newspaper/document/", {"document": wrong, "message": "x"}, if_match=people.revision.digest
    )

    assert answer.status_code == 422
    assert "rolls" in read(answer)["place"] + read(answer)["says"]


def test_a_plan_begins_once_for_a_key(people: Cast) -> None:
    alice = Caller(people.alice)
    sent = {"name": "Another", "document": {**DOCUMENT, "name": "another"}}

    answers = [alice("POST", "/plans/", sent, idempotency_key="k1") for _ in range(3)]

    assert {answer.status_code for answer in answers} == {201}
    assert len({read(answer)["slug"] for answer in answers}) == 1
    assert Plan.objects.filter(slug__startswith="another").count() == 1
    assert IdempotencyKey.objects.count() == 1


def test_a_key_is_for_one_request(people: Cast) -> None:
    alice = Caller(people.alice)
    alice("POST", "/plans/", {"name": "One", "document": DOCUMENT}, idempotency_key="k1")

    answer = alice("POST", "/plans/", {"name": "Two", "document": DOCUMENT}, idempotency_key="k1")

    assert answer.status_code == 422
    assert "another request" in read(answer)["says"]


def test_a_refused_request_leaves_its_key_free(people: Cast) -> None:
    alice = Caller(people.alice)
    alice("POST", "/plans/", {"name": "One", "document": {}}, idempotency_key="k1")

    answer = alice("POST", "/plans/", {"name": "One", "document": DOCUMENT}, idempotency_key="k1")

    assert answer.status_code == 201


def test_what_the_design_carries_and_lacks(people: Cast) -> None:
    alice = Caller(people.alice)

    assert alice("GET", "/plans/newspaper/findings/").status_code == 200
    assert alice("GET", "/plans/newspaper/forecast/").status_code in (200, 422)
    assert [row["number"] for row in read(alice("GET", "/plans/newspaper/revisions/"))] == [1]


@pytest.mark.parametrize("path", ["/plans/news%00paper/", "/plans/newspaper/document/?revision=99999999999999999999"])
def test_odd_addresses_are_not_here(path: str, people: Cast) -> None:
    assert Caller(people.alice)("GET", path).status_code in (404, 422)
