"""How every page answers: the whole page, or the one part of it that htmx asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import trigger_client_event
from django_htmx.middleware import HtmxDetails

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class HtmxRequest(HttpRequest):
    """A request after the middleware: `request.htmx` tells whether and for what htmx asks."""

    htmx: HtmxDetails
    steps_of: str = ""
    """Slug of the plan that the six steps lead to, where the address does not name it."""


def page(
    request: HtmxRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    parts: tuple[str, ...] = (),
) -> HttpResponse:
    """The whole page, or the one of `parts` that htmx targets.

    A part's name is the name of its partial in `template`, the id of its element and the `hx-target`
    that asks for it. A target that is not in `parts` gets the whole page, never an error.
    """
    wanted = _wanted_part(request, parts)
    return _answer(request, f"{template}#{wanted}" if wanted else template, context, status)


def part(
    request: HtmxRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    triggers: Mapping[str, Mapping[str, Any]] | tuple[str, ...] = (),
) -> HttpResponse:
    """One part, `planner/<page>.html#<part>`, with the events that other parts of the page listen for.

    `triggers` names the events, or maps each name to what it carries.
    """
    response = _answer(request, template, context, status)
    details = triggers if isinstance(triggers, Mapping) else {name: {} for name in triggers}
    for name, detail in details.items():
        trigger_client_event(response, name, dict(detail))
    return response


def _wanted_part(request: HtmxRequest, parts: tuple[str, ...]) -> str | None:
    if request.htmx.boosted or request.htmx.history_restore_request:
        return None
    target = request.htmx.target if request.htmx else None
    return target if target in parts else None


def _answer(request: HtmxRequest, template: str, context: Mapping[str, Any] | None, status: int) -> HttpResponse:
    response = render(request, template, dict(context or {}), status=status)
    # One address has several answers, so a cache must tell them apart.
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def extra_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the security headers that Django does not set by itself."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response

    return answer
