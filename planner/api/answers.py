"""How the API refuses: one form for every refusal, with a sentence, the place, and the status that says what kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

from planner.review import Refused, Stale
from topology import document
from topology.errors import TierwrightError
from topology.revisions import Conflict

REFUSALS = frozenset({400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429})


TOO_LARGE = "this is more than a request may hold; send less at once"


class Problem(Schema):
    """Why a request was refused."""

    status: int
    says: str = Field(description="A sentence for a person, with the way out.")
    place: str = Field("", description="Where in what was sent, or which plan, it is about.")
    more: list[str] = Field(default_factory=list, description="Further problems of the same input.")
    theirs: dict[str, Any] | None = Field(None, description="On 412: the document that is there now.")
    theirs_digest: str | None = Field(None, description="On 412: its digest, for the next If-Match.")
    mine: dict[str, Any] | None = Field(None, description="On 412: what was to be saved; nothing of it is lost.")


def refusals(api: NinjaAPI) -> None:
    """Let every kind of refusal answer in one form."""
    for kind, status in ((Stale, 409), (Refused, 403), (TierwrightError, 422)):
        api.add_exception_handler(kind, _by_domain(api, status))
    api.add_exception_handler(Conflict, _both(api))
    api.add_exception_handler(PermissionDenied, _plainly(api, 403))
    api.add_exception_handler(RequestDataTooBig, _plainly(api, 413, TOO_LARGE))
    api.add_exception_handler(Http404, _absent(api))
    api.add_exception_handler(ValidationError, _by_shape(api))
    api.add_exception_handler(AuthenticationError, _unknown(api))
    api.add_exception_handler(HttpError, _by_status(api))


def problem(api: NinjaAPI, request: HttpRequest, status: int, says: str, **more: Any) -> HttpResponse:
    """An answer of refusal."""
    return api.create_response(request, Problem(status=status, says=says, **more).model_dump(), status=status)


def _by_domain(api: NinjaAPI, status: int) -> Callable[[HttpRequest, Any], HttpResponse]:
    def answer(request: HttpRequest, error: TierwrightError) -> HttpResponse:
        lines = getattr(error, "lines", None)
        more = list(lines()[1:]) if lines else []
        return problem(api, request, status, error.sentence, place=str(error.place), more=more)

    return answer


def _both(api: NinjaAPI) -> Callable[[HttpRequest, Any], HttpResponse]:
    def answer(request: HttpRequest, error: Conflict) -> HttpResponse:
        theirs, mine = document.to_data(error.head_design), document.to_data(error.design)
        return problem(
            api, request, 412, error.sentence, place=str(error.place), theirs=theirs, mine=mine,
            theirs_digest=error.head.digest,
        )  # fmt: skip

    return answer


def _by_shape(api: NinjaAPI) -> Callable[[HttpRequest, Any], HttpResponse]:
    def answer(request: HttpRequest, error: ValidationError) -> HttpResponse:
        said = [f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors]
        return problem(api, request, 422, said[0] if said else "this is not what is asked for", more=said[1:20])

    return answer


def _unknown(api: NinjaAPI) -> Callable[[HttpRequest, Any], HttpResponse]:
    def answer(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        says = "send a token that is alive and lets you do this: Authorization: Bearer tw_..."
        response = problem(api, request, 401, says)
        response["WWW-Authenticate"] = 'Bearer realm="Tierwright"'
        return response

    return answer


def _plainly(api: NinjaAPI, status: int, says: str = "") -> Callable[[HttpRequest, Any], HttpResponse]:
    def answer(request: HttpRequest, error: Exception) -> HttpResponse:
        return problem(api, request, status, says or str(error))

    return answer


def _by_status(api: NinjaAPI) -> Callable[[HttpRequest, Any], HttpResponse]:
    def answer(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(api, request, error.status_code, error.message)

    return answer


def _absent(api: NinjaAPI) -> Callable[[HttpRequest, Any], HttpResponse]:
    def answer(request: HttpRequest, error: Http404) -> HttpResponse:
        first = error.args[0] if error.args else ""
        known = isinstance(first, str) and first.endswith(".")
        return problem(api, request, 404, first if known else "There is nothing at this address.")

    return answer
