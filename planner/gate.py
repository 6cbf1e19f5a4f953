"""Who gets in: with accounts on, who is not logged in is sent to the login; with accounts off, there is no login."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_cache_control, patch_vary_headers

from planner.accounts import lacks_second_factor, logged_in_for
from planner.errors import Problem, not_found, refuse
from planner.watching import note

OPEN = ("/healthz", "/static/", "/accounts/", "/invitations/", "/share/", "/embed/", "/api/")
"""What needs no login: these ask for their own tokens, or for nothing."""
LOGIN, LOGOUT, API = "/accounts/", "/accounts/logout/", "/api/"


class Gate:
    """Middleware: the one place that decides whether a request needs a login."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in place of the page where somebody may not see it yet."""
        if _is_in_the_clear(request):
            return _in_the_clear()
        if not settings.ACCOUNTS:
            return _no_login(request) if request.path_info.startswith(LOGIN) else self.get_response(request)
        response = self._answer(request)
        note(request, response.status_code)
        return _keep_private(request, response)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and logged_in_for(request) > settings.SESSION_COOKIE_AGE:
            logout(request)
        if request.path_info.startswith(OPEN):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return _ask(request)
        if settings.SECOND_FACTOR and lacks_second_factor(request):
            return _ask_for_more(request)
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """422 for a form of allauth that comes back with errors, as for every other form."""
        form = (response.context_data or {}).get("form")
        if request.method == "POST" and response.status_code == 200 and getattr(form, "errors", None):
            response.status_code = 422
        return response


def _is_in_the_clear(request: HttpRequest) -> bool:
    return settings.HTTPS and request.path_info.startswith(API) and not request.is_secure()


def _in_the_clear() -> HttpResponse:
    """A client of the API is not led to https: it would go on sending its token in the clear first, unnoticed."""
    says = '{"detail": "use https; a token that was sent in the clear should be revoked"}'
    return HttpResponse(says, status=403, content_type="application/json")


def _keep_private(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What somebody sees is for their browser alone, and gone from it when they log out."""
    if request.path_info == LOGOUT and request.method == "POST":
        response["Clear-Site-Data"] = '"cache"'
    if request.path_info.startswith(LOGIN):
        add_never_cache_headers(response)  # codes and secrets among them
    elif not response.has_header("Cache-Control"):
        patch_cache_control(response, private=True, no_cache=True)
    return response


def _no_login(request: HttpRequest) -> HttpResponse:
    says = "This site runs for one person on this machine, so there is nothing to log in to."
    return not_found(request, Http404(says))


def _ask_for_more(request: HttpRequest) -> HttpResponse:
    says = "This site asks for more than a password. Set up an authenticator app or a passkey; then go on."
    messages.warning(request, says)
    return HttpResponseRedirect(reverse("mfa_index"))


def _ask(request: HttpRequest) -> HttpResponse:
    """The login, which leads back; a form is refused instead, so that what was typed stays in the browser."""
    if request.method not in ("GET", "HEAD"):
        says = (
            "You are logged out, so this was not taken. Log in in another tab of this browser, then come back here"
            " and send it again: what you typed is still in the form."
        )
        return refuse(request, Problem(status=403, title="Log in first", says=says))
    by_htmx = request.headers.get("HX-Request") == "true"
    back = request.headers.get("HX-Current-URL", "/") if by_htmx else request.get_full_path()
    url = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': back})}"
    response = HttpResponse(status=401, headers={"HX-Redirect": url}) if by_htmx else HttpResponseRedirect(url)
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    return response
