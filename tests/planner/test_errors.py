"""Bad input gets a sentence with the way out and the right status, in the look of the site, and never a traceback."""

from __future__ import annotations

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from planner import errors
from topology.design import Place, TierwrightError
from topology.document import PlanRefused

REFUSAL = TierwrightError("no role is called <b>apache</b>", place=Place(file="plan.yaml", line=7, path="tiers[0]"))


def test_an_unknown_address_is_told_apart_from_a_fault(client: Client) -> None:
    answer = client.get("/nothing/")

    assert answer.status_code == 404
    assert "There is no page at this address." in answer.text
    assert 'href="/"' in answer.text


def test_a_refusal_of_the_domain_is_shown_with_its_place(rf: RequestFactory) -> None:
    answer = errors.Refusals(_unused).process_exception(rf.get("/"), REFUSAL)

    assert answer is not None
    assert answer.status_code == 422
    assert "plan.yaml:7, tiers[0]" in answer.text
    assert "No role is called &lt;b&gt;apache&lt;/b&gt;." in answer.text


def test_htmx_gets_the_sentences_alone_in_the_place_for_trouble(rf: RequestFactory) -> None:
    request = rf.get("/", headers={"HX-Request": "true"})

    answer = errors.refuse(request, errors.refusal(REFUSAL))

    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#trouble", "innerHTML")
    assert "<html" not in answer.text
    assert answer.status_code == 422


def test_every_problem_of_a_plan_is_told(rf: RequestFactory) -> None:
    refused = PlanRefused([(Place(line=3), "the first"), (Place(line=9), "the second")])

    answer = errors.refuse(rf.get("/"), errors.refusal(refused))

    assert "The first" in answer.text
    assert "line 9: the second" in answer.text


def test_a_fault_of_ours_is_left_to_be_one(rf: RequestFactory) -> None:
    assert errors.Refusals(_unused).process_exception(rf.get("/"), ZeroDivisionError()) is None


def test_a_fault_page_needs_neither_request_nor_database(rf: RequestFactory) -> None:
    answer = errors.fault(rf.get("/"))

    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "Nothing was saved" in answer.text


@pytest.mark.parametrize(
    ("exception", "status", "says"),
    [
        (RequestDataTooBig(), 413, "send the log as a file"),
        (TooManyFilesSent(), 400, "more files than the site takes"),
        (SuspiciousOperation(), 400, "could not be read"),
    ],
)
def test_a_form_beyond_its_limits_is_told_the_way_out(
    exception: Exception, status: int, says: str, rf: RequestFactory
) -> None:
    answer = errors.bad_request(rf.post("/"), exception)

    assert answer.status_code == status
    assert says in answer.text


def test_a_form_without_its_token_is_refused_with_the_way_out() -> None:
    answer = Client(enforce_csrf_checks=True).post("/intake/", {"lines": "x"})

    assert answer.status_code == 403
    assert "Open the page again" in answer.text


def test_more_pasted_text_than_a_form_holds_is_too_large(client: Client, settings: object) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000  # type: ignore[attr-defined]

    answer = client.post("/intake/", {"lines": "x" * 2000})

    assert answer.status_code == 413
    assert "send the log as a file" in answer.text


def test_no_page_of_refusal_asks_the_database(rf: RequestFactory) -> None:
    problem = errors.Problem(status=400, title="T", says="S")

    answer = errors.refuse(rf.get("/"), problem)  # no database is allowed here

    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/v1/plans/"])
def test_a_program_is_refused_in_json(path: str, client: Client) -> None:
    answer = client.delete(path)

    assert answer.status_code in (404, 405)
    assert answer.json()["status"] == answer.status_code
    assert answer.json()["says"]


def test_a_fault_is_told_to_a_program_in_json(rf: RequestFactory) -> None:
    answer = errors.fault(rf.get("/api/v1/plans/"))

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/json")


def _unused(request: HttpRequest) -> HttpResponse:
    raise AssertionError("not called")
