"""What bad input gets: a sentence, the place, the way out and the right status; never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django_htmx.http import reswap, retarget

from planner.outages import AGAIN_SECONDS, outage_of
from topology.errors import TierwrightError

STATUS_WORDS = {
    400: "Not understood",
    403: "Not allowed",
    404: "Not here",
    405: "Not this way",
    409: "Changed meanwhile",
    413: "Too large",
    422: "Refused",
    429: "Too often",
    500: "A fault of ours",
    503: "Out of order",
}

REFUSALS = {
    403: "This is not allowed",
    409: "This was changed meanwhile",
    422: "This cannot be used as it is",
}
"""Titles for a refusal of the domain, by its status."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What a page of refusal says."""

    status: int
    title: str
    says: str
    place: str = ""
    command: str = ""
    """A command line that is the way out."""
    more: tuple[str, ...] = ()
    """Further problems of the same input, one sentence each."""

    @property
    def word(self) -> str:
        """The status in words."""
        return STATUS_WORDS.get(self.status, "Refused")


def refuse(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The page of a refusal; htmx gets the sentences alone, in the place kept for trouble, a program gets JSON."""
    if _is_by_program(request):
        return _to_program(problem)
    asked_by_htmx = request.headers.get("HX-Request") == "true"
    template = "parts/problem.html" if asked_by_htmx else "errors/problem.html"
    response = render(request, template, {"problem": problem}, status=problem.status)
    patch_vary_headers(response, ["HX-Request"])
    return reswap(retarget(response, "#trouble"), "innerHTML") if asked_by_htmx else response


def _is_by_program(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _to_program(problem: Problem) -> HttpResponse:
    """A refusal in the form that the API has for it."""
    told = {"status": problem.status, "says": problem.says, "place": problem.place, "more": list(problem.more)}
    return JsonResponse(told, status=problem.status)


class Refusals:
    """Middleware: a refusal of the domain that a view lets through, and a wrong method, become pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return _wrong_method(request, response) if isinstance(response, HttpResponseNotAllowed) else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page with the sentence and place of a TierwrightError; other exceptions go on."""
        return refuse(request, _problem_of(exception)) if isinstance(exception, TierwrightError) else None


def _problem_of(error: TierwrightError) -> Problem:
    """403 where the person may not, 409 where what they saw is old, as the error itself says; else 422."""
    status = getattr(error, "status", 422)
    return refusal(error, status=status, title=REFUSALS.get(status, REFUSALS[422]))


def _wrong_method(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """405 for an address that only takes a form, reached by a link or a reload."""
    says = "This address takes a form and has nothing to show. Open the page with the form and send it from there."
    answer = refuse(request, Problem(status=405, title="There is nothing to see here", says=says))
    answer["Allow"] = response["Allow"]
    return answer


def refusal(error: TierwrightError, *, status: int = 422, title: str = "This cannot be used as it is") -> Problem:
    """The problem that a refusal of the domain is."""
    lines = getattr(error, "lines", None)
    more = tuple(lines()[1:]) if lines else ()
    return Problem(status=status, title=title, says=_sentence(error.sentence), place=str(error.place), more=more)


def _sentence(text: str) -> str:
    """With a capital and a full stop; the domain writes its sentences to stand after a place."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!", ":")) else ".")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 where the form is too large."""
    if isinstance(exception, RequestDataTooBig):
        return refuse(request, too_much_text())
    says = "The request could not be read. Go back, reload the page and try again."
    if isinstance(exception, TooManyFilesSent):
        says = "These are more files than the site takes at once. Pack them into one, or send them in turns."
    elif isinstance(exception, TooManyFieldsSent):
        says = "This form has more fields than the site takes at once."
    return refuse(request, Problem(status=400, title="This request is not understood", says=says))


def too_much_text() -> Problem:
    """Pasted text beyond what a form may hold."""
    return Problem(
        status=413,
        title="That is too much text for a form",
        says="Say it shorter, or send the log as a file: a file may be far larger. What you typed is still in your"
        " browser, one step back.",
    )


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token: it comes from elsewhere, or the page had been open for too long."""
    says = "The form's token is missing or old. Open the page again and send the form from there; cookies must be on."
    return refuse(request, Problem(status=403, title="This form is not accepted", says=says))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    says = str(exception) or "You may not do this here."
    return refuse(request, Problem(status=403, title="This is not allowed", says=says))


def too_often(request: HttpRequest) -> HttpResponse:
    """429: somebody, or a program, tries the same again and again."""
    says = "This was tried too often from here. Wait a few minutes, then try again."
    return refuse(request, Problem(status=429, title="Too many attempts", says=says))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with the sentence of the view that raised it where it has one."""
    first = exception.args[0] if exception.args else None
    said = first if isinstance(first, str) and first.endswith(".") else ""
    says = said or "There is no page at this address. It may have been mistyped, or what it showed was removed."
    return refuse(request, Problem(status=404, title="Nothing is here", says=says))


def fault(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database is out of order: drawn without either, since they may be what failed."""
    outage = outage_of(sys.exc_info()[1], writes=request.method not in ("GET", "HEAD"))
    if outage is not None:
        return _out_of_order(request, Problem(status=503, title=outage.title, says=outage.says))
    problem = Problem(
        status=500,
        title="Something in Tierwright failed",
        says="Nothing was saved by this request. The server's log holds the reason; what you entered is still in"
        " your browser, one step back.",
    )
    if _is_by_program(request):
        return _to_program(problem)
    return HttpResponse(render_to_string("errors/problem.html", {"problem": problem}), status=500)


def _out_of_order(request: HttpRequest, problem: Problem) -> HttpResponse:
    """For a person, for the part of a page that htmx asked for, or for a program."""
    by_htmx = request.headers.get("HX-Request") == "true"
    if _is_by_program(request):
        response = _to_program(problem)
    else:
        template = "parts/problem.html" if by_htmx else "errors/problem.html"
        response = HttpResponse(render_to_string(template, {"problem": problem}))
    response.status_code = problem.status
    response["Retry-After"] = str(AGAIN_SECONDS)
    return reswap(retarget(response, "#trouble"), "innerHTML") if by_htmx else response
