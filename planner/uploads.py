"""Refuses a body that is larger than any log the site reads, before a form is made of it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

ROOM_FOR_THE_FORM = 16 << 20
"""Bytes that a form may add around its files."""
_CHUNK = 1 << 20


def refuse_oversized(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: 413 for a body that says it is larger than MAX_LOG_BYTES and its form."""

    def answer(request: HttpRequest) -> HttpResponse:
        length = _content_length(request)
        if length <= settings.MAX_LOG_BYTES + ROOM_FOR_THE_FORM:
            return get_response(request)
        _read_away(request, length)
        return HttpResponse(refusal(), status=413, content_type="text/plain; charset=utf-8")

    return answer


def refusal() -> str:
    """The sentence for a log that is too large for the browser."""
    limit_mib = settings.MAX_LOG_BYTES / (1 << 20)
    return (
        f"This is more than the {limit_mib:,.0f} MiB that the site reads at once. "
        "Read it on the command line instead, where there is no limit: "
        "python manage.py intake access.log -o workload.yaml\n"
    )


def _content_length(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isascii() and said.isdigit() else 0


def _read_away(request: HttpRequest, length: int) -> None:
    """Take in what the browser is already sending, so that it reads the answer and not a reset connection."""
    left = min(length, 4 * settings.MAX_LOG_BYTES)
    while left > 0 and (chunk := request.read(min(left, _CHUNK))):
        left -= len(chunk)
